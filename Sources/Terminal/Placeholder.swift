// placeholder of Terminal, replaced by the first real file
