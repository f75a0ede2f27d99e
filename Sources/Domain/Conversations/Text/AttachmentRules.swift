/// What we keep of files that others send, and what we send ourselves.
public enum AttachmentRules {
  /// Of one file, either way. The marketplace allows 30 MB a message (contract 8.4).
  public static let bytesMax = 10 << 20
  /// Of one answer.
  public static let filesMax = 5
  /// Of all files of one answer together.
  public static let sumBytesMax = 15 << 20
  static let nameCharactersMax = 100

  /// What may be sent: documents and pictures that a customer can open.
  static let types: [String: String] = [
    "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg",
    "gif": "image/gif", "webp": "image/webp", "heic": "image/heic", "txt": "text/plain",
    "csv": "text/csv", "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text", "mp4": "video/mp4",
  ]

  /// A name that is safe to show and to save under: no folders, no control characters, no dots at
  /// its ends, never empty.
  public static func name(_ given: String) -> String {
    let last = given.split { $0 == "/" || $0 == "\\" || $0 == ":" }.last.map(String.init) ?? ""
    let line = MessageText.line(last, max: .max)
    let kept = String(line.map { "<>\"|?*%;`$&'".contains($0) ? "_" : $0 })
    let bare = kept.drop { $0 == "." || $0 == " " }
    guard !bare.isEmpty else { return "file" }
    guard bare.count > nameCharactersMax else { return String(bare) }
    let suffix = fileExtension(String(bare)).map { "." + $0 } ?? ""
    return String(bare.prefix(nameCharactersMax - suffix.count)) + suffix
  }

  /// Lower case, without its dot.
  public static func fileExtension(_ name: String) -> String? {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return nil }
    let suffix = name[name.index(after: dot)...].lowercased()
    guard (1...8).contains(suffix.count),
      suffix.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
    else { return nil }
    return suffix
  }

  public static func contentType(_ name: String) -> String {
    fileExtension(name).flatMap { types[$0] } ?? "application/octet-stream"
  }

  /// - Returns: why this file cannot be sent; `nil` when it can.
  public static func problem(name: String, bytes: Int) -> String? {
    if bytes == 0 { return "“\(self.name(name))” is empty." }
    if bytes > bytesMax {
      return
        "“\(self.name(name))” has \(megabytes(bytes)) MB; files of up to \(bytesMax >> 20) MB can be sent."
    }
    guard let suffix = fileExtension(name), types[suffix] != nil else {
      return "“\(self.name(name))” is of a kind that cannot be sent; these can: "
        + types.keys.sorted().joined(separator: ", ") + "."
    }
    return nil
  }

  private static func megabytes(_ bytes: Int) -> String {
    let tenths = (bytes * 10 + (1 << 19)) >> 20
    return "\(tenths / 10).\(tenths % 10)"
  }
}
