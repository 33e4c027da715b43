CREATE TABLE `games` (
	`source` text NOT NULL,
	`game` text NOT NULL,
	`start` integer NOT NULL,
	`memory` text NOT NULL,
	`pending` text NOT NULL,
	`is_pending` integer NOT NULL,
	`first_told` integer,
	`last_told` integer,
	PRIMARY KEY(`source`, `game`)
);
--> statement-breakpoint
CREATE INDEX `games_by_game` ON `games` (`game`);--> statement-breakpoint
CREATE INDEX `games_by_start` ON `games` (`start`);--> statement-breakpoint
CREATE INDEX `games_pending` ON `games` (`source`) WHERE is_pending;