import Kit

/// The carrier's answers, written as text: they are small, hot, and sometimes wrong on purpose.
enum CarrierXML {
  static let shipmentType = "application/vnd.cpc.shipment-v8+xml"
  static let nonContractType = "application/vnd.cpc.ncshipment-v4+xml"
  static let manifestType = "application/vnd.cpc.manifest-v8+xml"
  static let trackType = "application/vnd.cpc.track-v2+xml"

  static let shipmentSpace = "http://www.canadapost.ca/ws/shipment-v8"
  static let nonContractSpace = "http://www.canadapost.ca/ws/ncshipment-v4"
  static let manifestSpace = "http://www.canadapost.ca/ws/manifest-v8"
  static let trackSpace = "http://www.canadapost.ca/ws/track"
  static let messageSpace = "http://www.canadapost.ca/ws/messages"

  static func document(
    _ root: String, _ namespace: String, _ type: String, _ body: String, status: Int = 200
  ) -> Reply {
    let text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <\(root) xmlns="\(namespace)">\(body)</\(root)>
      """
    return Reply(status: status, contentType: type, body: Array(text.utf8))
  }

  static func messages(
    _ status: Int, _ messages: [CarrierMessage], type: String = "application/xml"
  ) -> Reply {
    let body = messages.map { message in
      "<message>\(element("code", message.code))\(element("description", message.text))</message>"
    }
    return document("messages", messageSpace, type, body.joined(), status: status)
  }

  static func messages(_ status: Int, _ code: String, _ text: String) -> Reply {
    messages(status, [CarrierMessage(code: code, text: text)])
  }

  static func element(_ name: String, _ text: String) -> String {
    "<\(name)>\(escaped(text))</\(name)>"
  }

  static func link(_ rel: String, _ href: String, _ type: String, index: Int? = nil) -> String {
    let index = index.map { " index=\"\($0)\"" } ?? ""
    return "<link rel=\"\(rel)\" href=\"\(escaped(href))\" media-type=\"\(type)\"\(index)/>"
  }

  static func escaped(_ text: String) -> String {
    let special = text.utf8.contains {
      $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">")
        || $0 == UInt8(ascii: "\"")
    }
    if !special { return text }
    var out = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      default: out.unicodeScalars.append(character)
      }
    }
    return out
  }
}
