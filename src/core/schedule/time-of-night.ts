/** "03:30", in the time zone of the machine. */
export interface TimeOfNight {
	readonly hour: number;
	readonly minute: number;
}

/** Undefined: it is none. */
export function parseTime(text: string): TimeOfNight | undefined {
	const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
	const time = { hour: Number(hour), minute: Number(minute) };
	return time.hour < 24 && time.minute < 60 ? time : undefined;
}

export function timeText({ hour, minute }: TimeOfNight): string {
	const two = (number: number) => String(number).padStart(2, "0");
	return `${two(hour)}:${two(minute)}`;
}

/** When it was last that time. On a day that has no such time, because clocks were put forward, it is an hour later. */
export function lastTime(now: Date, time: TimeOfNight): Date {
	const today = on(now, 0, time);
	return today <= now ? today : on(now, -1, time);
}

export function nextTime(now: Date, time: TimeOfNight): Date {
	const today = on(now, 0, time);
	return today > now ? today : on(now, 1, time);
}

/** The midnight with which the last Sunday began, which may be today. */
export function lastSunday(now: Date): Date {
	return on(now, -now.getDay(), { hour: 0, minute: 0 });
}

/** At which minute of an hour something is next asked. */
export function nextAtMinute(from: Date, minute: number): Date {
	const found = new Date(from);
	found.setMinutes(minute, 0, 0);
	return found >= from ? found : new Date(found.getTime() + 60 * 60_000);
}

function on(now: Date, days: number, { hour, minute }: TimeOfNight): Date {
	const { year, month, day } = dateOf(now);
	return new Date(year, month, day + days, hour, minute);
}

function dateOf(now: Date): { year: number; month: number; day: number } {
	return {
		year: now.getFullYear(),
		month: now.getMonth(),
		day: now.getDate(),
	};
}
