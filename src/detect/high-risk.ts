// What: the ports that nobody should reach without thinking, each with its why.
// Idea: an open port of this list alerts at once, past every rule that keeps quiet.
// Trap: a port number is a hint, not a service; and what only the machine itself can reach is no risk of this kind.
// Source: IANA service registry for the numbers, each program's own manual for the why.

import { bindingScope, type Endpoint, type Transport } from "../model/endpoint.ts";

export interface HighRisk {
  /** Stable name; UI, CLI and mail put it into words. */
  readonly code: string;
  readonly transport: Transport;
  readonly ports: readonly number[];
  /** One sentence: what an outsider can do. */
  readonly why: string;
}

const tcp = (code: string, ports: readonly number[], why: string): HighRisk => ({
  code,
  transport: "tcp",
  ports,
  why,
});
const udp = (code: string, ports: readonly number[], why: string): HighRisk => ({
  code,
  transport: "udp",
  ports,
  why,
});

/** Ordered by kind: control of the machine, of a cluster, data, files and names, old protocols. */
export const highRiskPorts: readonly HighRisk[] = [
  tcp(
    "docker",
    [2375, 2376],
    "The Docker API starts containers as root; on 2375 it asks nobody who they are.",
  ),
  tcp("kubelet", [10250, 10255], "The kubelet runs commands in every pod of its node."),
  tcp("kubernetes-api", [6443, 8001], "The Kubernetes API controls the whole cluster."),
  tcp("etcd", [2379, 2380], "etcd holds every secret of the cluster and is often open to all."),
  tcp(
    "telnet",
    [23, 2323],
    "Telnet logs in with a password in clear text; it is the first port that worms try.",
  ),
  tcp("rlogin", [512, 513, 514], "The r-services trust the caller's word for who they are."),
  tcp("rdp", [3389], "Remote Desktop is the usual way in for ransomware."),
  tcp("vnc", [5900, 5901, 5902, 5903], "VNC shows and steers the screen, with at most a short password."),
  tcp("x11", [6000, 6001, 6002, 6003], "An open X server gives away every key stroke and the screen."),
  tcp("winrm", [5985, 5986], "WinRM runs commands on Windows."),
  tcp("jdwp", [5005], "The Java debug port runs any code without a login."),
  tcp("node-inspector", [9229], "The Node.js inspector runs any code without a login."),
  tcp("adb", [5555], "The Android debug bridge gives a shell without a login."),
  tcp("java-rmi", [1099], "Java RMI and JMX load foreign objects, which often means foreign code."),
  tcp(
    "hadoop",
    [8088, 50_070, 9870, 9000],
    "Hadoop accepts jobs, which are programs, from everyone by default.",
  ),
  tcp("spark", [7077], "A Spark master accepts jobs, which are programs, from everyone by default."),
  tcp("flink", [6123], "Flink accepts jobs, which are programs, from everyone by default."),
  tcp("salt", [4505, 4506], "The Salt master steers every minion."),
  tcp("redis", [6379, 6380, 26_379], "Redis without a password writes files where the attacker wants them."),
  tcp("mongodb", [27_017, 27_018, 27_019], "MongoDB has been emptied for ransom wherever it stood open."),
  tcp(
    "elasticsearch",
    [9200, 9300],
    "Elasticsearch gives away and deletes every index without a login by default.",
  ),
  tcp("couchdb", [5984], "CouchDB's HTTP interface administers the database."),
  tcp("cassandra", [9042, 7000, 7199], "Cassandra lets everyone in by default; 7199 runs code through JMX."),
  tcp("clickhouse", [8123], "ClickHouse's default user has no password."),
  tcp("influxdb", [8086], "InfluxDB 1 asks for no login by default."),
  tcp("memcached", [11_211], "Memcached gives away what it holds and asks nobody."),
  udp("memcached", [11_211], "Memcached over UDP amplifies attacks on others fifty-thousandfold."),
  tcp("zookeeper", [2181], "ZooKeeper gives away and changes the configuration of what stands on it."),
  tcp("kafka", [9092], "Kafka without authentication lets everyone read and write."),
  tcp("rabbitmq", [15_672, 25_672, 4369], "RabbitMQ's management and Erlang's port mapper lead to the node."),
  tcp("mysql", [3306, 33_060], "A MySQL server is tried with guessed passwords all day."),
  tcp("postgresql", [5432], "A PostgreSQL superuser runs programs on the host."),
  tcp("mssql", [1433], "Microsoft SQL Server runs commands by xp_cmdshell."),
  udp("mssql-browser", [1434], "The SQL Server browser names every instance and amplifies attacks."),
  tcp("oracle", [1521], "The Oracle listener gives away the databases behind it."),
  tcp("db2", [50_000], "A Db2 server is tried with guessed passwords."),
  tcp("smb", [139, 445], "SMB has been the road of WannaCry and of every worm since."),
  tcp("netbios", [135], "The Windows RPC mapper gives away the services behind it."),
  udp("netbios", [137, 138], "NetBIOS gives away names and lets answers be forged."),
  tcp("nfs", [2049], "NFS believes the user number that the caller names."),
  udp("nfs", [2049], "NFS believes the user number that the caller names."),
  tcp("rpcbind", [111], "rpcbind names the services behind it."),
  udp("rpcbind", [111], "rpcbind names the services behind it and amplifies attacks."),
  tcp("rsync", [873], "An rsync module without secrets lets everyone copy it, or write to it."),
  tcp("ftp", [21], "FTP sends passwords in clear text."),
  udp("tftp", [69], "TFTP gives away files without a login."),
  tcp("ldap", [389, 636, 3268], "A directory gives away people and groups, often without a login."),
  udp("ldap", [389], "Connectionless LDAP amplifies attacks."),
  udp("snmp", [161], "SNMP with a guessed community word shows and changes the device."),
  udp("ipmi", [623], "IPMI gives away password hashes to everyone who asks."),
  udp("ssdp", [1900], "SSDP amplifies attacks and gives away devices."),
];

const byPort = new Map<string, HighRisk>();
for (const entry of highRiskPorts)
  for (const port of entry.ports) byPort.set(`${entry.transport}/${port}`, entry);

/** Why this endpoint is dangerous to leave open; undefined when it is not listed or bound to loopback. */
export function highRiskOf(endpoint: Pick<Endpoint, "transport" | "address" | "port">): HighRisk | undefined {
  if (bindingScope(endpoint.address) === "loopback") return undefined;
  return byPort.get(`${endpoint.transport}/${endpoint.port}`);
}
