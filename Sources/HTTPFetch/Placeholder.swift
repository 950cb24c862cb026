// placeholder of HTTPFetch, replaced by the first real file
