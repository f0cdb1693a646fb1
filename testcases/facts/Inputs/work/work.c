// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "foo.h"

static void foo_work(struct work_struct *work)
{
	struct foo *foo = container_of(work, struct foo, work);

	enable_irq(foo->irq);
}

irqreturn_t foo_irq(int irq, void *data)
{
	struct foo *foo = data;

	schedule_work(&foo->work);
	return IRQ_HANDLED;
}

void foo_work_init(struct foo *foo)
{
	INIT_WORK(&foo->work, foo_work);
}

void foo_work_stop(struct foo *foo)
{
#ifndef BAD
	cancel_work_sync(&foo->work);
#else
	foo->irq = -1;
#endif
}
