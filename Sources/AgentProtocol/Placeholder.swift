// placeholder of AgentProtocol, replaced by the first real file
