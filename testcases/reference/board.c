// SPDX-License-Identifier: GPL-2.0-only
/* The board: one platform device, "fenced.0", with an interrupt that software raises. */
#include <linux/err.h>
#include <linux/ioport.h>
#include <linux/irq.h>
#include <linux/module.h>
#include <linux/platform_device.h>

static struct platform_device *board_device;
static int board_irq;

static int __init board_init(void)
{
	struct resource irq = DEFINE_RES_IRQ(0);

	board_irq = irq_alloc_desc(NUMA_NO_NODE);
	if (board_irq < 0)
		return board_irq;
	irq_set_chip_and_handler(board_irq, &dummy_irq_chip, handle_simple_irq);
	irq_clear_status_flags(board_irq, IRQ_NOREQUEST | IRQ_NOPROBE);

	irq.start = board_irq;
	irq.end = board_irq;
	board_device = platform_device_register_simple("fenced", 0, &irq, 1);
	if (IS_ERR(board_device)) {
		irq_free_desc(board_irq);
		return PTR_ERR(board_device);
	}
	return 0;
}
module_init(board_init);

static void __exit board_exit(void)
{
	platform_device_unregister(board_device);
	irq_free_desc(board_irq);
}
module_exit(board_exit);

MODULE_DESCRIPTION("The board that the reference driver runs on");
MODULE_LICENSE("GPL");
