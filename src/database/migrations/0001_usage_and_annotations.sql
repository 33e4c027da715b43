CREATE TABLE `annotations` (
	`id` text PRIMARY KEY NOT NULL,
	`from` integer NOT NULL,
	`until` integer,
	`text` text NOT NULL,
	`series` text NOT NULL,
	`tags` text NOT NULL,
	`created` integer NOT NULL,
	`created_by` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `annotations_times` ON `annotations` (`from`);--> statement-breakpoint
CREATE TABLE `usage` (
	`key` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`since` integer NOT NULL,
	`last_used` integer NOT NULL,
	`requests` integer NOT NULL,
	`refused` integer NOT NULL,
	`bytes_out` integer NOT NULL
);
