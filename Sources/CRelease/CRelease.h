// The release that is being built. `make build` writes the generated header from git; a plain `swift build` is a
// development build.
#ifndef FELT_CRELEASE_H
#define FELT_CRELEASE_H

#if __has_include("generated.h")
#include "generated.h"
#else
#define FELT_RELEASE "0.3.0-dev"
#endif

#endif
