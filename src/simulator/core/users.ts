import type { StableIds } from "./base/ids.ts";

export type User = {
  readonly id: string;
  readonly username: string | null;
  readonly name: string;
  readonly isOwner: boolean;
  readonly isAdmin: boolean;
  readonly systemGenerated: boolean;
};

export const createUsers = (ids: StableIds): { [key in "admin" | "partner" | "guest" | "content"]: User } => {
  const user = (key: string, username: string | null, name: string, more: Partial<User>): User => ({
    id: ids.hex(`user ${key}`),
    username,
    name,
    isOwner: false,
    isAdmin: false,
    systemGenerated: false,
    ...more,
  });
  return {
    content: user("content", null, "Home Assistant Content", { systemGenerated: true }),
    admin: user("admin", "robin", "Robin", { isOwner: true, isAdmin: true }),
    partner: user("partner", "kim", "Kim", { isAdmin: true }),
    guest: user("guest", "guest", "Guest", {}),
  };
};
