// placeholder of TestSupport, replaced by the first real file
