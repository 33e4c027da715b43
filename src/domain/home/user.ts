/** What Home Assistant says of one of its users, as far as it could be asked. */
export type UserAnswer =
  | { readonly kind: "known"; readonly admin: boolean }
  | { readonly kind: "gone" }
  | { readonly kind: "not_asked"; readonly why: string };
