/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_MODULE_H
#define SIM_LINUX_MODULE_H

#include <linux/export.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/list.h>

struct module {
	int state;
	struct list_head list;
	char name[56];
	int (*init)(void);
	void (*exit)(void);
};

extern struct module __this_module;
#define THIS_MODULE (&__this_module)
#define KBUILD_MODNAME "test"

bool try_module_get(struct module *module);
void __module_get(struct module *module);
void module_put(struct module *module);

/* As for a loadable module: two aliases that the loader looks up. */
#define module_init(fn)							\
	static inline initcall_t __maybe_unused __inittest(void)	\
	{ return fn; }							\
	int init_module(void) __attribute__((alias(#fn)));		\
	static void *__used __section(".init.data")			\
		__UNIQUE_ID(__addressable_init_module) =		\
		(void *)(uintptr_t)&init_module;
#define module_exit(fn)							\
	static inline exitcall_t __maybe_unused __exittest(void)	\
	{ return fn; }							\
	void cleanup_module(void) __attribute__((alias(#fn)));		\
	static void *__used __section(".exit.data")			\
		__UNIQUE_ID(__addressable_cleanup_module) =		\
		(void *)(uintptr_t)&cleanup_module;

#define MODULE_INFO(tag, text)						\
	static const char __UNIQUE_ID(tag)[] __used			\
		__section(".modinfo") = #tag "=" text
#define MODULE_LICENSE(l) MODULE_INFO(license, l)
#define MODULE_AUTHOR(a) MODULE_INFO(author, a)
#define MODULE_DESCRIPTION(d) MODULE_INFO(description, d)
#define MODULE_DEVICE_TABLE(type, name)					\
	extern typeof(name) __mod_device_table__##type##__##name	\
		__attribute__((unused, alias(#name)))

#define module_driver(drv, reg, unreg, ...)				\
static int __init drv##_init(void)					\
{									\
	return reg(&(drv), ##__VA_ARGS__);				\
}									\
module_init(drv##_init);						\
static void __exit drv##_exit(void)					\
{									\
	unreg(&(drv), ##__VA_ARGS__);					\
}									\
module_exit(drv##_exit);

#endif
