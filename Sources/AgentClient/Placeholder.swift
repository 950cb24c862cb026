// placeholder of AgentClient, replaced by the first real file
