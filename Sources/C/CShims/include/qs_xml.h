#pragma once
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

// libxml2 reports problems through variadic callbacks unless a structured one stands in their
// place; what went wrong is read from the parser context afterwards.
static inline void qs_xml_quiet(void *context, xmlErrorPtr error) {
  (void)context;
  (void)error;
}

typedef void (*qs_xml_doctype)(
    void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system);

static inline void qs_xml_prepare(
    xmlParserCtxtPtr parser, void *context, qs_xml_doctype doctype, startElementNsSAX2Func start,
    endElementNsSAX2Func end, charactersSAXFunc text) {
  xmlSAXHandler *sax = parser->sax;
  xmlSAXHandler empty = {0};
  *sax = empty;
  sax->initialized = XML_SAX2_MAGIC;
  sax->internalSubset = doctype;
  sax->startElementNs = start;
  sax->endElementNs = end;
  sax->characters = text;
  sax->cdataBlock = text;
  sax->ignorableWhitespace = text;
  sax->serror = qs_xml_quiet;
  parser->userData = context;
  // NOENT: `&amp;` in an attribute becomes `&` at once, not a reference to be resolved later. No
  // other entity can exist, as a document type ends the parse.
  xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_NOENT);
}

static inline xmlParserCtxtPtr qs_xml_open(const char *bytes, int count) {
  return xmlCreateMemoryParserCtxt(bytes, count);
}
