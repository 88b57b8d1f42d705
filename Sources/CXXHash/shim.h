// xxHash as Swift sees it: XXH64, which guards the metadata files of MinIO, and with XXH3 is a checksum of S3.
#pragma once

#include <xxhash.h>
