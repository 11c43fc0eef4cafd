// Node's zlib, as a stream: writes what a gzip file holds to standard output.
const { createReadStream } = require("fs");
const { pipeline } = require("stream");
const { createGunzip } = require("zlib");

pipeline(createReadStream(process.argv[2]), createGunzip(), process.stdout, (error) => {
  if (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
});
