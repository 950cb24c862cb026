// placeholder of Coordination, replaced by the first real file
