/// Reads the text of untrusted HTML: in one pass over the bytes, without ever building a page of it.
enum HTMLReading {
  /// Tags whose end begins a new line.
  private static let blocks: Set<String> = [
    "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote",
    "section", "article", "header", "footer", "pre", "title", "hr",
  ]
  /// What stands in them is not for readers.
  private static let silent: Set<String> = ["script", "style", "head", "title", "template", "svg"]
  private static let inline: Set<String> = [
    "a", "abbr", "b", "big", "body", "br", "center", "cite", "code", "del", "em", "font", "html",
    "i", "img", "ins", "label", "link", "mark", "meta", "o:p", "q", "s", "small", "span", "strike",
    "strong", "sub", "sup", "tbody", "td", "tfoot", "th", "thead", "tt", "u", "wbr", "col",
    "colgroup", "dl", "dt", "dd", "button", "form", "input", "iframe", "object", "embed", "video",
    "audio", "base", "math",
  ]
  private static let nameBytesMax = 12

  static func looksLikeHTML(_ text: String) -> Bool {
    guard text.utf8.contains(UInt8(ascii: "<")) || text.utf8.contains(UInt8(ascii: "&")) else {
      return false
    }
    let bytes = Array(text.utf8)
    for at in bytes.indices {
      if bytes[at] == UInt8(ascii: "&"), HTMLEntities.read(bytes, at) != nil { return true }
      if bytes[at] == UInt8(ascii: "<"), tag(bytes, at) != nil { return true }
    }
    return false
  }

  static func text(of html: String) -> String {
    let bytes = Array(html.utf8)
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "<"), let tag = tag(bytes, at) {
        at = tag.end
        if tag.name == "br" || tag.name == "hr" || (blocks.contains(tag.name) && tag.isEnd) {
          out.append(10)
        } else if tag.name == "td" || tag.name == "th" {
          out.append(32)
        }
        if !tag.isEnd, silent.contains(tag.name) { at = end(of: tag.name, bytes, from: at) }
      } else if byte == UInt8(ascii: "&"), let entity = HTMLEntities.read(bytes, at) {
        out.append(contentsOf: entity.text.utf8)
        at = entity.end
      } else {
        // In HTML a line break is a blank.
        out.append(byte == 10 || byte == 13 ? 32 : byte)
        at += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private struct Tag {
    var name: String
    var isEnd: Bool
    /// Behind its last byte.
    var end: Int
  }

  /// The tag that begins here, if one of HTML's does: "my <laptop> is broken" has none.
  private static func tag(_ bytes: [UInt8], _ start: Int) -> Tag? {
    var at = start + 1
    if bytes[at...].starts(with: "!--".utf8) {
      return Tag(name: "!", isEnd: true, end: comment(bytes, from: at + 3))
    }
    if bytes[at...].starts(with: "!".utf8) || bytes[at...].starts(with: "?".utf8) {
      guard let close = bytes[at...].firstIndex(of: UInt8(ascii: ">")) else { return nil }
      return Tag(name: "!", isEnd: true, end: close + 1)
    }
    let isEnd = at < bytes.count && bytes[at] == UInt8(ascii: "/")
    if isEnd { at += 1 }
    var name: [UInt8] = []
    while at < bytes.count, name.count <= nameBytesMax, isName(bytes[at]) {
      name.append(bytes[at] | (isUpper(bytes[at]) ? 0x20 : 0))
      at += 1
    }
    let text = String(decoding: name, as: UTF8.self)
    guard blocks.contains(text) || silent.contains(text) || inline.contains(text) else {
      return nil
    }
    guard let close = close(bytes, from: at) else { return nil }
    return Tag(name: text, isEnd: isEnd, end: close + 1)
  }

  /// The `>` that ends a tag; one in quotes does not.
  private static func close(_ bytes: [UInt8], from start: Int) -> Int? {
    var quote: UInt8?
    var at = start
    while at < bytes.count {
      let byte = bytes[at]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: ">") {
        return at
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      }
      at += 1
    }
    // A quote that never ends must not swallow the message.
    return quote == nil ? nil : bytes[start...].firstIndex(of: UInt8(ascii: ">"))
  }

  private static func comment(_ bytes: [UInt8], from start: Int) -> Int {
    var at = start
    while at + 2 < bytes.count {
      if bytes[at] == UInt8(ascii: "-"), bytes[at + 1] == UInt8(ascii: "-"),
        bytes[at + 2] == UInt8(ascii: ">")
      {
        return at + 3
      }
      at += 1
    }
    return bytes.count
  }

  /// Behind the end tag of an element whose content is skipped.
  private static func end(of name: String, _ bytes: [UInt8], from start: Int) -> Int {
    let wanted = Array("</\(name)".utf8)
    var at = start
    while at + wanted.count <= bytes.count {
      if bytes[at] == UInt8(ascii: "<"),
        zip(bytes[at...], wanted).allSatisfy({ $0 | (isUpper($0) ? 0x20 : 0) == $1 })
      {
        return (bytes[at...].firstIndex(of: UInt8(ascii: ">")) ?? bytes.count - 1) + 1
      }
      at += 1
    }
    return bytes.count
  }

  private static func isUpper(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  private static func isName(_ byte: UInt8) -> Bool {
    isUpper(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: ":")
  }
}
