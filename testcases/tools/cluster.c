// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cluster.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bed.h"
#include "files.h"
#include "process.h"

#define NODES 2

static char *home;
static pid_t munged, controller, nodes[NODES + 1];

static void pause_ms(long ms)
{
	struct timespec moment = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	nanosleep(&moment, NULL);
}

// Our children, among them the orphans of what we started. True when there were any.
static bool kill_children(void)
{
	DIR *directory = opendir("/proc");
	struct dirent *entry;
	bool any = false;

	while (directory && (entry = readdir(directory))) {
		pid_t pid = (pid_t)atoi(entry->d_name), parent;
		char *path = format("/proc/%s/stat", entry->d_name);
		char *text = pid > 0 ? file_read(path, NULL) : NULL;
		const char *end = text ? strrchr(text, ')') : NULL;

		if (end && sscanf(end, ") %*c %d", &parent) == 1 && parent == getpid()) {
			kill(pid, SIGKILL);
			any = true;
		}
		free(text);
		free(path);
	}
	if (directory)
		closedir(directory);
	return any;
}

static pid_t start_daemon(char *const *words, const sigset_t *mask)
{
	pid_t pid = fork();

	if (pid == 0) {
		sigprocmask(SIG_SETMASK, mask, NULL);
		execvp(words[0], words);
		perror(words[0]);
		_exit(127);
	}
	return pid;
}

// A machine that runs one daemon: a process that adopts whatever the daemon leaves behind (a job's slurmstepd is
// an orphan from the start). SIGTERM is the power switch, and the test's end too; SIGHUP starts the daemon anew.
static _Noreturn void be_machine(char *const *words, const char *log, pid_t test)
{
	sigset_t set, old;
	pid_t daemon;
	int got = 0;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &old);
	if (setsid() < 0 || getppid() != test || !freopen("/dev/null", "r", stdin) || !freopen(log, "a", stdout) ||
	    dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
		_exit(126);
	daemon = start_daemon(words, &old);
	while (got != SIGTERM) {
		sigwait(&set, &got);
		if (got == SIGHUP) {
			kill(daemon, SIGKILL);
			waitpid(daemon, NULL, 0);
			daemon = start_daemon(words, &old);
		}
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
	while (kill_children()) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		pause_ms(5);
	}
	_exit(0);
}

static pid_t machine(const char *name, ...)
{
	pid_t test = getpid(), pid;
	char *log = format("%s/%s.log", home, name);
	char *words[16];
	size_t count = 0;
	va_list args;

	va_start(args, name);
	while ((words[count] = va_arg(args, char *)))
		count++;
	va_end(args);
	pid = fork();
	if (pid == 0)
		be_machine(words, log, test);
	free(log);
	return pid;
}

static void switch_off(pid_t *machine)
{
	if (*machine <= 0)
		return;
	kill(*machine, SIGTERM);
	while (waitpid(*machine, NULL, 0) < 0 && errno == EINTR)
		;
	*machine = 0;
}

static void start_node(int node)
{
	char *name = format("node%d", node), *conf = path_join(home, "slurm.conf");

	nodes[node] = machine(name, "slurmd", "-D", "-N", name, "-f", conf, NULL);
	free(conf);
	free(name);
}

static void add_line(void *context, char *line)
{
	char **text = context;
	char *longer = **text ? format("%s\n%s", *text, line) : copy(line);

	free(*text);
	*text = longer;
}

char *cluster_ask(const char *program, ...)
{
	struct strings words = {0};
	char *text = copy("");
	struct process process = {.words = &words, .line = add_line, .context = &text, .join_errors = true};
	va_list args;

	strings_add(&words, program);
	va_start(args, program);
	for (const char *word; (word = va_arg(args, const char *));)
		strings_add(&words, word);
	va_end(args);
	process_run(&process, NULL);
	strings_free(&words);
	return text;
}

static bool all_idle(void)
{
	char *states = cluster_ask("sinfo", "-h", "-N", "-o", "%T", NULL);
	char *jobs = cluster_ask("squeue", "-h", NULL);
	bool idle = !strcmp(states, "idle\nidle") && !*jobs;

	free(states);
	free(jobs);
	return idle;
}

static bool wait_until_idle(void)
{
	for (int i = 0; i < 200; i++) {
		if (all_idle())
			return true;
		pause_ms(100);
	}
	return false;
}

// Ports that were free a moment ago.
static void free_ports(int *ports, size_t count)
{
	int fds[8];

	for (size_t i = 0; i < count; i++) {
		struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
		socklen_t length = sizeof(address);

		fds[i] = socket(AF_INET, SOCK_STREAM, 0);
		assert_int_equal(bind(fds[i], (struct sockaddr *)&address, length), 0);
		assert_int_equal(getsockname(fds[i], (struct sockaddr *)&address, &length), 0);
		ports[i] = ntohs(address.sin_port);
	}
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
}

static void write_conf(void)
{
	struct passwd *user = getpwuid(getuid());
	char *path = path_join(home, "slurm.conf"), *text;
	int ports[NODES + 1];

	assert_non_null(user);
	free_ports(ports, NODES + 1);
	text = format("ClusterName=bed\nSlurmctldHost=localhost(127.0.0.1)\nSlurmctldPort=%d\n"
		      "SlurmUser=%s\nSlurmdUser=%s\n"
		      "AuthType=auth/munge\nAuthInfo=socket=%s/munge/socket\nCredType=cred/munge\n"
		      "StateSaveLocation=%s/controller\nSlurmdSpoolDir=%s/spool-%%n\n"
		      "SlurmctldPidFile=%s/controller.pid\nSlurmdPidFile=%s/%%n.pid\n"
		      "ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\nMpiDefault=none\n"
		      "SelectType=select/cons_tres\nSelectTypeParameters=CR_CPU_Memory\n"
		      "SlurmdParameters=config_overrides\nReturnToService=0\nKillWait=1\n"
		      "SchedulerParameters=sched_interval=1,bf_interval=1\n"
		      "NodeName=node1 NodeHostname=localhost NodeAddr=127.0.0.1 Port=%d CPUs=4 RealMemory=12000\n"
		      "NodeName=node2 NodeHostname=localhost NodeAddr=127.0.0.1 Port=%d CPUs=4 RealMemory=12000\n"
		      "PartitionName=all Nodes=node1,node2 Default=YES\n",
		      ports[0], user->pw_name, user->pw_name, home, home, home, home, home, ports[1], ports[2]);
	put(path, text);
	assert_int_equal(setenv("SLURM_CONF", path, 1), 0);
	free(text);
	free(path);
}

static void start_munged(void)
{
	char *folder = path_join(home, "munge"), *key = path_join(folder, "key");
	char *options[] = {format("--socket=%s/socket", folder), format("--key-file=%s", key),
			   format("--pid-file=%s/pid", folder), format("--seed-file=%s/seed", folder)};
	char *socket_path = path_join(folder, "socket"), secret[64];

	assert_int_equal(make_directories(folder), 0);
	// munged wants a folder that everybody may enter and a key that nobody may read.
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(getrandom(secret, sizeof(secret), 0), sizeof(secret));
	assert_int_equal(file_write(key, secret, sizeof(secret)), 0);
	assert_int_equal(chmod(key, 0600), 0);
	munged = machine("munged", "munged", "-F", options[0], options[1], options[2], options[3], NULL);
	for (int i = 0; i < 100 && !file_exists(socket_path); i++)
		pause_ms(20);
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		free(options[i]);
	free(socket_path);
	free(folder);
	free(key);
}

static void print_logs(void)
{
	static const char *const names[] = {"munged", "controller", "node1", "node2"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *path = format("%s/%s.log", home, names[i]), *text = file_read(path, NULL);
		size_t length = text ? strlen(text) : 0;

		fprintf(stderr, "== %s\n%s\n", names[i], length > 4000 ? text + length - 4000 : text ? text : "");
		free(text);
		free(path);
	}
}

const char *cluster_missing(void)
{
	static const char *const programs[] = {"munged", "slurmctld", "slurmd", "srun", "sbatch", "scontrol"};

	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		char *path = program_path(programs[i]);

		if (!path)
			return programs[i];
		free(path);
	}
	return NULL;
}

int cluster_start(void)
{
	char name[] = "/tmp/strongfence-cluster-XXXXXX", *path, *conf;

	if (!mkdtemp(name) || chmod(name, 0755) < 0)
		return -1;
	home = copy(name);
	path = path_join(home, "controller");
	assert_int_equal(make_directories(path), 0);
	free(path);
	start_munged();
	write_conf();
	conf = path_join(home, "slurm.conf");
	controller = machine("controller", "slurmctld", "-D", "-f", conf, NULL);
	free(conf);
	for (int node = 1; node <= NODES; node++)
		start_node(node);
	if (wait_until_idle())
		return 0;
	print_logs();
	cluster_stop();
	return -1;
}

void cluster_stop(void)
{
	for (int node = 1; node <= NODES; node++)
		switch_off(&nodes[node]);
	switch_off(&controller);
	switch_off(&munged);
	if (home)
		remove_tree(home);
	free(home);
	home = NULL;
}

static void set_state(int node, const char *state)
{
	char *name = format("NodeName=node%d", node);

	free(cluster_ask("scontrol", "update", name, state, "Reason=test", NULL));
	free(name);
}

void cluster_lose(int node)
{
	switch_off(&nodes[node]);
	set_state(node, "State=DOWN");
}

void cluster_restart(int node)
{
	assert_int_equal(kill(nodes[node], SIGHUP), 0);
}

void cluster_mend(void)
{
	for (int node = 1; node <= NODES; node++)
		if (!nodes[node]) {
			start_node(node);
			set_state(node, "State=RESUME");
		}
	if (!wait_until_idle()) {
		print_logs();
		fail_msg("the cluster does not become idle");
	}
}
