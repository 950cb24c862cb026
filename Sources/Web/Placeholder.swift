// placeholder of Web, replaced by the first real file
