// placeholder of ZooKeeper, replaced by the first real file
