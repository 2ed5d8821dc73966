// What: ports behind which stands a device that a scan can hurt.
// Idea: a printer prints what it is sent, a controller serves few connections and stops for a stranger's: such ports get
//   no byte of payload and no more than one connection at a time.
// Trap: an empty UDP datagram is no byte of payload either, but some stacks hand it to the program: see udp-sweep.ts for how
//   seldom one is sent.
// Source: nmap's "Exclude" directive for 9100-9107; IANA names; Modbus, S7, EtherNet/IP, DNP3, BACnet, IEC 60870-5-104,
//   OPC UA, FINS, PROFINET, GE SRTP, MELSEC, CODESYS, Niagara Fox, Red Lion, PCWorx, ProConOS.

const printers = [515, 631, 9100, 9101, 9102, 9103, 9104, 9105, 9106, 9107];
const controllers = [
  102, 502, 789, 1089, 1090, 1091, 1911, 1962, 2222, 2404, 2455, 4000, 4840, 4911, 5006, 5007, 5094, 9600,
  18245, 18246, 20000, 20547, 34962, 34963, 34964, 44818, 47808, 55000,
];

/** Only over UDP: KNXnet/IP, Moxa, Lantronix, EtherCAT, and BACnet's other ports (Annex J lets a site have several). */
const datagramControllers = [
  3671, 4800, 30718, 34980, 47809, 47810, 47811, 47812, 47813, 47814, 47815, 47816, 47817, 47818, 47819,
  47820, 47821, 47822, 47823,
];

const fragile = new Set([...printers, ...controllers]);
const fragileOverUdp = new Set([...fragile, ...datagramControllers]);

export const isFragile = (port: number): boolean => fragile.has(port);
export const isFragileOverUdp = (port: number): boolean => fragileOverUdp.has(port);
