// libxml2 as Swift sees it: the writer, the SAX2 push parser, and nothing that loads from the network or a file.
#pragma once

#include <libxml/parser.h>
#include <libxml/xmlwriter.h>
