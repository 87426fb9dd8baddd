// Preloaded into the command: the disk says that there is room for everything, as it would if it filled up only
// after the command had looked. So what was predicted is met for real.
const fs = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");

const look = fs.statfsSync;
fs.statfsSync = (...args) => ({
	...look(...args),
	bavail: 2 ** 40,
	bsize: 4096,
});
syncBuiltinESMExports();
