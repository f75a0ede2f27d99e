#include "CShims.h"

_Bool qs_has_odd_json(const unsigned char *bytes, size_t count) {
  unsigned char found = 0;
  for (size_t i = 1; i < count; i++) {
    unsigned char before = bytes[i - 1], byte = bytes[i];
    unsigned char escape = (before == '\\') & (byte == 'u');
    unsigned char exponent = ((unsigned char)(before - '0') < 10) & ((byte | 0x20) == 'e');
    found |= escape | exponent;
  }
  return found != 0;
}
