import COpenSSL

extension CryptographyError {
  /// Takes the oldest entry of libcrypto's error queue of this thread and empties the queue.
  static func library(_ act: String, code: Code = .library) -> CryptographyError {
    var text = [CChar](repeating: 0, count: 256)
    let number = ERR_get_error()
    ERR_error_string_n(number, &text, text.count)
    ERR_clear_error()
    let words = String(
      decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return CryptographyError(code: code, detail: number == 0 ? act : "\(act): \(words)")
  }
}
