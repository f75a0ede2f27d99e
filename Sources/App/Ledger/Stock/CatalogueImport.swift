/// A file of variants, or of what shops' SKUs stand for, checked and ready to be written.
public struct CatalogueImport: Sendable {
  public var fileName: String
  public var variants: [VariantDraft]
  public var mappings: [MappingDraft]
  /// Rows that were left out.
  public var refused: Int

  public init(
    fileName: String, variants: [VariantDraft] = [], mappings: [MappingDraft] = [], refused: Int
  ) {
    self.fileName = fileName
    self.variants = variants
    self.mappings = mappings
    self.refused = refused
  }
}
