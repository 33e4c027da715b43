import type { Context } from "../../../domain/data/reading.ts";
import { isoText } from "../../core/state/wire.ts";
import type { People } from "../people/people.ts";
import type { PersonKey } from "../people/routine.ts";
import { clamp, round } from "../world/maths.ts";
import type { World } from "../world/world.ts";

export type PlayerKey = "tv" | "kitchen_speaker";
export type PlayerOrder = { power?: boolean; playing?: boolean; volume?: number; source?: string };
export type Players = {
  order(player: PlayerKey, order: PlayerOrder, context?: Context): void;
  isOn(player: PlayerKey): boolean;
};

const SHOWS = [
  "The Harbour",
  "Kitchen Stories",
  "News at Eight",
  "Northern Lights",
  "Match of the Evening",
  "Quiet Streets",
];
const SONGS: readonly (readonly [string, string])[] = [
  ["Morning Rain", "The Lanterns"],
  ["Slow Train", "Ida Berg"],
  ["Kites", "Paper Boats"],
  ["Window Seat", "Moss & Stone"],
  ["Left at the Lighthouse", "Harbour Choir"],
  ["Blue Bicycle", "The Lanterns"],
];

/** The television and the kitchen speaker, and when people use them. */
export function startPlayers(world: World, people: People, userIds: Record<PersonKey, string>): Players {
  const random = world.random.branch("players");
  const tv = { on: false, source: "Live TV", title: SHOWS[0] as string, volume: 0.18 };
  const speaker = { playing: false, volume: 0.25, song: SONGS[0] as readonly [string, string], turn: 0 };
  const token = () => Array.from({ length: 64 }, () => random.whole(0, 15).toString(16)).join("");
  let pictureToken = token();

  const showTv = (context?: Context) =>
    world.write(
      "tv:player",
      tv.on ? "on" : "off",
      tv.on
        ? {
            volume_level: tv.volume,
            is_volume_muted: false,
            media_content_type: "channel",
            media_title: tv.title,
            source: tv.source,
            assumed_state: false,
          }
        : { assumed_state: true },
      context,
    );
  const showSpeaker = (context?: Context) =>
    world.write(
      "kitchen_speaker:player",
      speaker.playing ? "playing" : "idle",
      {
        volume_level: speaker.volume,
        is_volume_muted: false,
        shuffle: false,
        repeat: "off",
        ...(speaker.playing
          ? {
              media_content_type: "music",
              media_title: speaker.song[0],
              media_artist: speaker.song[1],
              media_duration: 214,
              media_position: 0,
              media_position_updated_at: isoText(world.now()),
              entity_picture: `/api/media_player_proxy/${world.entityId("kitchen_speaker:player")}?token=${pictureToken}&cache=${pictureToken.slice(0, 16)}`,
            }
          : {}),
      },
      context,
    );
  const nextSong = (turn: number) => {
    if (speaker.turn !== turn || !speaker.playing) return;
    speaker.song = random.pick(SONGS);
    pictureToken = token();
    showSpeaker();
    world.after(random.between(170, 290), () => nextSong(turn));
  };

  const order: Players["order"] = (player, { power, playing, volume, source }, context) => {
    if (player === "tv") {
      if (power !== undefined) tv.on = power;
      if (volume !== undefined) tv.volume = round(clamp(volume, 0, 1), 2);
      if (source !== undefined) tv.source = source;
      tv.title = random.pick(SHOWS);
      showTv(context);
      return;
    }
    if (volume !== undefined) speaker.volume = round(clamp(volume, 0, 1), 2);
    const play = playing ?? power;
    if (play !== undefined && play !== speaker.playing) {
      speaker.playing = play;
      const turn = ++speaker.turn;
      if (play) world.after(random.between(60, 240), () => nextSong(turn));
    }
    showSpeaker(context);
  };
  showTv();
  showSpeaker();

  people.onMove((person, from, to) => {
    const { hour } = world.local();
    const by = () => world.context({ userId: userIds[person] });
    if (to === "kitchen" && hour > 6 && hour < 9.5 && !speaker.playing && random.chance(0.6))
      world.after(random.between(10, 90), () =>
        world.call("media_player.media_play", ["kitchen_speaker:player"], {}, by()),
      );
    if (from === "kitchen" && speaker.playing && people.inRoom("kitchen").length === 0 && random.chance(0.7))
      world.after(random.between(5, 200), () =>
        world.call("media_player.media_pause", ["kitchen_speaker:player"], {}, by()),
      );
    if (to === "living" && hour > 19.4 && hour < 22.3 && !tv.on && random.chance(0.75))
      world.after(random.between(30, 300), () => {
        if (random.chance(0.3)) world.call("script.movie_time", [], {}, by());
        else order("tv", { power: true, source: random.pick(["Live TV", "Netflix", "YouTube"]) });
      });
  });
  // Whoever leaves the room for good in the evening switches it off; nobody watches an empty room for long.
  world.every(300, () => {
    if (tv.on && people.inRoom("living").length === 0 && random.chance(0.5)) order("tv", { power: false });
  });
  return { order, isOn: (player) => (player === "tv" ? tv.on : speaker.playing) };
}
