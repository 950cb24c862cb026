#pragma once
#define THREADED
#include <zookeeper/zookeeper.h>
