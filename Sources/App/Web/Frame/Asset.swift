import HTTP
import Kit

/// A file that browsers may keep forever: its address changes with its content.
public struct Asset: Sendable {
  let name: String
  let bytes: [UInt8]
  let path: Path

  /// - Parameter name: with its ending, which tells its type: `bench.js`, `bench.css`.
  init(_ name: String, _ bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    path = Path("/static").segment(name).query("v", Self.version(of: bytes))
  }

  var isStyle: Bool { name.hasSuffix(".css") }

  var response: HTTPResponse {
    let type =
      switch name.split(separator: ".").last {
      case "css": "text/css; charset=utf-8"
      case "js": "text/javascript; charset=utf-8"
      case "svg": "image/svg+xml"
      default: "application/octet-stream"
      }
    var response = HTTPResponse.bytes(bytes, type: type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
  }

  /// FNV-1a: a different content gets a different address.
  private static func version(of bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 36)
  }
}

/// The frame's own files, and all that is served at `/static`.
struct Assets: Sendable {
  /// The frame's, in the order of the cascade, then those of the rooms.
  let style: Asset
  private let byName: [String: Asset]

  static let live = Asset("live.js", PackageResources.live_js)
  private static let frame: [[UInt8]] = [
    PackageResources.tokens_css, PackageResources.base_css, PackageResources.frame_css,
    PackageResources.tables_css, PackageResources.pieces_css,
  ]

  init(_ rooms: [Room]) {
    let assets = rooms.flatMap(\.assets)
    style = Asset("style.css", Array((Self.frame + assets.filter(\.isStyle).map(\.bytes)).joined()))
    var byName = ["style.css": style, Self.live.name: Self.live]
    for asset in assets where !asset.isStyle { byName[asset.name] = asset }
    self.byName = byName
  }

  subscript(name: String) -> Asset? { byName[name] }
}
