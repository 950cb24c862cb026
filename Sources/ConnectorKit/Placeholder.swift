// placeholder of ConnectorKit, replaced by the first real file
