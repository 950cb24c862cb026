// placeholder of Store, replaced by the first real file
