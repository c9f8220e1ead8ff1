// What zigbee2mqtt does by zigbee-herdsman: form a network with a stick, let a meter join, and read it.
//
// node herdsman_reads_meter.js ADAPTER PORT DIRECTORY
//
// The adapter is ember or zstack, the port one of 127.0.0.1, the directory is for what is kept. What
// was learnt is printed as one line of JSON.
"use strict";

const path = require("node:path");
const { Controller, setLogger } = require("zigbee-herdsman");

const JOIN_TIME = 254; // seconds

async function main(adapter, port, directory) {
    const kept = (name) => path.join(directory, name);
    const controller = new Controller({
        network: {
            panID: 0x5eb1,
            extendedPanID: [0x0e, 0x5e, 0xb1, 0, 0, 0, 0, 3],
            channelList: [15],
            networkKey: Array.from({ length: 16 }, (_, index) => 7 * index + 3),
        },
        serialPort: { adapter, path: `tcp://127.0.0.1:${port}` },
        databasePath: kept("database.db"),
        databaseBackupPath: kept("database.db.backup"),
        backupPath: kept("coordinator_backup.json"),
        adapter: {},
        acceptJoiningDeviceHandler: async () => true,
    });
    const joined = new Promise((resolve) => {
        controller.on("deviceInterview", ({ status, device }) => {
            if (status === "successful") {
                resolve(device);
            }
        });
    });
    await controller.start();
    await controller.permitJoin(JOIN_TIME);
    const device = await joined;
    const [endpoint] = device.endpoints.filter((one) => one.supportsInputCluster("seMetering"));
    const reading = await endpoint.read("seMetering", ["currentSummDelivered", "multiplier", "divisor"]);
    console.log(JSON.stringify({ address: device.ieeeAddr, model: device.modelID, ...reading }));
    await controller.stop();
}

const nothing = () => {};
setLogger({ debug: nothing, info: nothing, warning: console.error, error: console.error });
main(...process.argv.slice(2)).then(
    () => process.exit(0),
    (error) => {
        console.error(error);
        process.exit(1);
    },
);
