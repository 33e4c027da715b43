CREATE TABLE `source_answers` (
	`source` text PRIMARY KEY NOT NULL,
	`answer` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `source_calls` (
	`provider` text PRIMARY KEY NOT NULL,
	`counts` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sources` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`enabled` integer NOT NULL,
	`providers` text NOT NULL,
	`created` integer NOT NULL
);
