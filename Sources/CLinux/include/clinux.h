#pragma once
#include "clinux_files.h"
#include "clinux_process.h"
#include "clinux_watch.h"
