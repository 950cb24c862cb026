// placeholder of ChatServer, replaced by the first real file
