// xxHash as Swift sees it: XXH64, which guards the metadata files of MinIO.
#pragma once

#include <xxhash.h>
