/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_KOBJECT_H
#define SIM_LINUX_KOBJECT_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/workqueue.h>

struct kset;
struct kobj_type;
struct kernfs_node;

struct attribute {
	const char *name;
	umode_t mode;
};

struct kobject {
	const char *name;
	struct list_head entry;
	struct kobject *parent;
	struct kset *kset;
	const struct kobj_type *ktype;
	struct kernfs_node *sd;
	struct kref kref;
	unsigned int state_initialized : 1;
	unsigned int state_in_sysfs : 1;
};

struct attribute_group {
	const char *name;
	umode_t (*is_visible)(struct kobject *kobj, struct attribute *a, int n);
	struct attribute **attrs;
};

struct kobject *kobject_get(struct kobject *kobj);
void kobject_put(struct kobject *kobj);

static inline const char *kobject_name(const struct kobject *kobj)
{
	return kobj->name;
}

#endif
