// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A Slurm cluster on loopback for the tests: munged, one slurmctld, two slurmd with four processors each (they
// need not exist). Whatever a node started dies with it, and all of it with the test.

#ifndef STRONGFENCE_CLUSTER_H
#define STRONGFENCE_CLUSTER_H

#include <stdbool.h>

// The program that is missing, NULL when all are there.
const char *cluster_missing(void);

// Starts it, sets SLURM_CONF, and waits until both nodes are idle. -1 with the daemons' logs on stderr when they
// do not become so.
int cluster_start(void);
void cluster_stop(void);

// Nodes are 1 and 2.
void cluster_lose(int node);    // loses power: all its processes are gone, and the controller is told
void cluster_restart(int node); // its daemon is killed and started again, its jobs carry on
void cluster_mend(void);        // until both nodes are idle again and no job is left

// What one of Slurm's programs prints, its last newline removed. Caller frees.
char *cluster_ask(const char *program, ...);

#endif
