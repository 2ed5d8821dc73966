// What: ports behind which stands a device that a scan can hurt.
// Idea: a printer prints what it is sent, a controller serves few connections and stops for a stranger's: such ports get
//   no byte of payload and no more than one connection at a time.
// Source: nmap's "Exclude" directive for 9100-9107; IANA names; Modbus, S7, EtherNet/IP, DNP3, BACnet, IEC 60870-5-104,
//   OPC UA, FINS, PROFINET, GE SRTP, MELSEC, CODESYS, Niagara Fox, Red Lion, PCWorx, ProConOS.

const printers = [515, 631, 9100, 9101, 9102, 9103, 9104, 9105, 9106, 9107];
const controllers = [
  102, 502, 789, 1089, 1090, 1091, 1911, 1962, 2222, 2404, 2455, 4000, 4840, 4911, 5006, 5007, 5094, 9600,
  18245, 18246, 20000, 20547, 34962, 34963, 34964, 44818, 47808, 55000,
];

const fragile = new Set([...printers, ...controllers]);

export const isFragile = (port: number): boolean => fragile.has(port);
