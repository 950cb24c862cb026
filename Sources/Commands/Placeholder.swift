// placeholder of Commands, replaced by the first real file
