// placeholder of Sandbox, replaced by the first real file
