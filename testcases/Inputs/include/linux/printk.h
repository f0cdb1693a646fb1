/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_PRINTK_H
#define SIM_LINUX_PRINTK_H

#include <linux/types.h>

int _printk(const char *fmt, ...) __printf(1, 2);
#define printk_index_wrap(fn, fmt, ...) ({ fn(fmt, ##__VA_ARGS__); })
#define printk(fmt, ...) printk_index_wrap(_printk, fmt, ##__VA_ARGS__)
#define KERN_ERR "\001" "3"
#define KERN_WARNING "\001" "4"
#define KERN_INFO "\001" "6"
#define KERN_DEBUG "\001" "7"
#define pr_err(fmt, ...) printk(KERN_ERR fmt, ##__VA_ARGS__)
#define pr_warn(fmt, ...) printk(KERN_WARNING fmt, ##__VA_ARGS__)
#define pr_info(fmt, ...) printk(KERN_INFO fmt, ##__VA_ARGS__)
#define pr_debug(fmt, ...) do { if (0) _printk(fmt, ##__VA_ARGS__); } while (0)

#endif
