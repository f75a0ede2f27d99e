import Google
import Kit
import Ledger
import Operations

extension Ledger {
  /// Writes where a business's rows and messages go, as far as the arguments say.
  func takeDestinations(_ arguments: Arguments, of businessID: String) async throws {
    let names = ["sheet-id", "sheet-name", "google-key-file", "push-to"]
    guard names.contains(where: { arguments.text($0) != nil }),
      var to = try await destinations(of: businessID)
    else { return }
    if let id = arguments.text("sheet-id") { to.spreadsheetID = id.isEmpty ? nil : id }
    if let name = arguments.text("sheet-name") {
      guard !name.isEmpty, name.utf8.count <= 100 else {
        throw UsageError(command: "business", "--sheet-name takes 1 to 100 bytes")
      }
      to.sheetName = name
    }
    if let path = arguments.text("google-key-file") {
      to.credentials = path == "-" ? nil : try Self.reference(to: path)
    }
    if let text = arguments.text("push-to") {
      guard text.isEmpty || PushTarget(text: text) != nil else {
        throw UsageError(
          command: "business",
          "--push-to takes ntfy:TOPIC, fcm-topic:NAME or fcm-device:TOKEN")
      }
      to.pushTarget = text.isEmpty ? nil : text
    }
    try await write(to, of: businessID)
  }

  /// The file stays where it is: a database and its copies hold no private key.
  private static func reference(to path: String) throws -> String {
    let path = Path.absolute(path)
    _ = try ServiceAccount(file: try FileBytes.read(path, limit: ServiceAccount.fileBytesMax))
    return JSON.object([("file", .string(path))]).text
  }
}
