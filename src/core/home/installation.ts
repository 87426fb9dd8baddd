/** How our plugin gets into it. In words and texts "DIR" stands for where our package lies. */
export interface Installation {
	/** Its own program, as it is called on a person's path. */
	readonly program: string;
	/** What that program is told, in order. */
	readonly add: readonly (readonly string[])[];
	readonly remove: readonly (readonly string[])[];
	/** A directory of our package that is copied into the home, with a note in it of how to start the engine. */
	readonly copy?: {
		readonly from: string;
		readonly to: string;
		readonly note: string;
	};
	/** An entry of a list in its settings, the `file:` URL of our package: in the first of these files that is there. */
	readonly entry?: PluginList & {
		readonly root?: string;
		readonly files: readonly string[];
		/** Other files that the agent merges with those. */
		readonly alsoReads?: readonly string[];
		readonly list: string;
	};
	/** What is there when it is installed from here, and switched on; all of it. */
	readonly signs: readonly Sign[];
	/** What shows that it was installed from wherever, by us; any of it. Nothing of another's is taken out. */
	readonly traces: readonly Sign[];
	/** A list of directories, in a file of JSON without comments in the home, in which ours has to stand and no other copy of it. */
	readonly listed?: PluginList & {
		readonly path: string;
		readonly at: readonly string[];
		/** How one is taken out. */
		readonly remove: readonly string[];
		readonly narrowedBy: NarrowedBy;
	};
	/** Where it runs a copy of our package from: a pattern below the home. */
	readonly runsFrom?: string;
	/** Programs that the agent starts for our plugin, by their names. */
	readonly needs?: readonly string[];
	/** What a person still has to do. */
	readonly afterwards: string;
}

/** How the entries of an agent's list of plugins are to be understood. */
export interface PluginList {
	/** Where the options of one stand: behind its text (`["text", {…}]`), or around it (`{"source": "text", …}`). */
	readonly options: "behind it" | "around it";
	/** What a text is that begins with neither "/", "." nor a scheme: the name of a package, or a path, where "~" is the user's home. */
	readonly bare: "package" | "path";
}

/** A file or directory; of a file what stands in it. */
export interface Sign {
	readonly root?: string;
	readonly path: string;
	/** Where in a file of JSON: what stands there is looked at, written without blanks, and not the whole of the file. */
	readonly at?: readonly string[];
	readonly text?: string;
	/** What must not stand there. */
	readonly without?: string;
}

/** By which an entry of a list has only some of a plugin loaded, or nothing: a key, and what it then says. */
export type NarrowedBy = Readonly<Record<string, "anything" | boolean>>;
