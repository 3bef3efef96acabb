// The shapes of Larder's API by short names, with filters told more precisely than OpenAPI can.
import type { components, operations } from "./api.js";
import type { Filter } from "./filters.js";

type Schemas = components["schemas"];
type Filtered<T> = Omit<T, "filter"> & { filter?: Filter | null };
type Listed = NonNullable<operations["listDocuments"]["parameters"]["query"]>;
type Valued = operations["listMetadataValues"]["parameters"]["query"];

/** A document as it is written; `source` may be left out where the key is bound to one. */
export type NewDocument = Schemas["DocumentIn"];
/** A document as it is read; a hit of a query has its `score`, 0 to 1, and its `passage`. */
export type LarderDocument = Schemas["DocumentOut"];
/** What a query may say. By meaning alone a `vector` needs no `text` beside it. */
export type Question = Filtered<Schemas["QueryIn"]>;
/** What a query found, best first; `pending` and `fallback` say what is missing, `explanation` why. */
export type Answer = Schemas["AnswerOut"];
/** What a push did, in documents. */
export type Counts = Schemas["CountsOut"];
/** Ids, a filter, or both, which narrow each other. */
export type Deletion = Filtered<Schemas["DeletionIn"]>;
/** Which documents a list gives. */
export type Selection = Filtered<Omit<Listed, "cursor" | "limit" | "total">>;
/** Which documents are looked at for their metadata. */
export type MetadataSelection = Omit<Selection, "q" | "order">;
/** Which values of a key of the metadata are told. */
export type ValueSelection = Filtered<Omit<Valued, "key">>;
export type MetadataKey = Schemas["FacetKey"];
export type MetadataValues = Schemas["Facet"];
export type Stats = Schemas["Stats"];
export type SourceStats = Schemas["SourceStats"];
export type TagCount = Schemas["TagCount"];
