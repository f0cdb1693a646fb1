// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver that may be unbound at any time, whatever user space does with its node
 *
 * Two objects, two lives. The hardware (struct fenced_hw) belongs to the platform device:
 * devres frees it when fenced_remove() has returned. What user space sees (struct fenced) is
 * counted: an open file keeps it, long after the hardware has gone. Between the two stands a
 * gate, and nothing but the gate:
 *
 *   - whoever wants the hardware asks fenced_try_get(), uses it, and calls fenced_put();
 *   - fenced_shut() shuts the gate. Once it has returned, nobody is inside and nobody will get
 *     in.
 *
 * fenced_try_get() is the only way to the ops, and the ops are the only way to the registers:
 * an operation that forgets the gate has nothing to call. What runs by itself (interrupt,
 * timer, work) does not pass the gate; fenced_stop() stops it for good before the hardware
 * goes.
 *
 * The gate comes in three flavours: a read-write semaphore (as drivers/char/tpm/tpm-chip.c has
 * it), SRCU (FENCED_SRCU, for operations that run often and on many CPUs), and waiting until
 * all files are closed (FENCED_CLOSE). docs/fixing.md says which to choose. The hardware is a
 * page of memory.
 */
#include <linux/cdev.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kfifo.h>
#include <linux/kref.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/poll.h>
#include <linux/rwsem.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "fenced.h"

#define FENCED_MINORS 16
#define FENCED_BURST 64 /* bytes that one write() takes */

/* For the tests: they make windows wider, and change nothing else. */
static unsigned int slow_us;
module_param(slow_us, uint, 0444);
MODULE_PARM_DESC(slow_us, "how long an operation waits before it touches a register, or open its ring");
static unsigned int sleep_us;
module_param(sleep_us, uint, 0444);
MODULE_PARM_DESC(sleep_us, "how long a read waits before it goes to sleep");
static unsigned int step_us;
module_param(step_us, uint, 0444);
MODULE_PARM_DESC(step_us, "how long probe and remove wait between their steps");
static unsigned int work_us;
module_param(work_us, uint, 0444);
MODULE_PARM_DESC(work_us, "how long the work and the interrupt's thread run");

static void fenced_pause(unsigned int us)
{
	if (us)
		usleep_range(us, us + us / 4);
}

/*
 * The hardware: registers, an interrupt, and a buffer for what is written to it. All of it is
 * the parent's.
 */

enum {
	REG_ID,
	REG_CTRL,   /* CTRL_RUN: takes a sample at each tick */
	REG_SAMPLE, /* counts the samples */
	REG_DATA,
	REG_USERS,  /* how often it was told that a file was closed */
	REG_RAISE,  /* written: raises the interrupt */
};

#define CTRL_RUN 1u

struct fenced_hw {
	u32 *regs; /* a page */
	int irq;
	u8 *bounce; /* FENCED_BURST bytes */
};

/* Fast, for interrupt, timer and work. */
static u32 fenced_hw_read(struct fenced_hw *hw, unsigned int reg)
{
	return READ_ONCE(hw->regs[reg]);
}

static void fenced_hw_write(struct fenced_hw *hw, unsigned int reg, u32 val)
{
	WRITE_ONCE(hw->regs[reg], val);
	if (reg == REG_RAISE)
		generic_handle_irq_safe(hw->irq);
}

/* What operations on files may do with the hardware: they may sleep. */
struct fenced_ops {
	u32 (*read)(struct fenced_hw *hw, unsigned int reg);
	void (*write)(struct fenced_hw *hw, unsigned int reg, u32 val);
	void (*burst)(struct fenced_hw *hw, const u8 *data, size_t len);
	unsigned long (*pfn)(struct fenced_hw *hw);
};

static u32 fenced_op_read(struct fenced_hw *hw, unsigned int reg)
{
	fenced_pause(slow_us);
	return fenced_hw_read(hw, reg);
}

static void fenced_op_write(struct fenced_hw *hw, unsigned int reg, u32 val)
{
	fenced_pause(slow_us);
	fenced_hw_write(hw, reg, val);
}

static void fenced_op_burst(struct fenced_hw *hw, const u8 *data, size_t len)
{
	size_t i;

	fenced_pause(slow_us);
	memcpy(hw->bounce, data, len);
	for (i = 0; i < len; i++)
		fenced_hw_write(hw, REG_DATA, hw->bounce[i]);
}

static unsigned long fenced_op_pfn(struct fenced_hw *hw)
{
	fenced_pause(slow_us);
	return page_to_pfn(virt_to_page(hw->regs));
}

static const struct fenced_ops fenced_hw_ops = {
	.read = fenced_op_read,
	.write = fenced_op_write,
	.burst = fenced_op_burst,
	.pfn = fenced_op_pfn,
};

/*
 * The samples on their way to the readers, who look at them asleep and outside the gate: so
 * they hold them.
 */
struct fenced_ring {
	struct kref ref;
	spinlock_t lock; /* guards samples */
	DECLARE_KFIFO(samples, struct fenced_sample, 64);
};

/*
 * What user space sees. Its release() is called when nobody needs it any more: no file, no
 * cdev, no remove().
 */
struct fenced {
	struct device dev;
	struct cdev cdev;

	/* ops is NULL when the device has gone. */
#if defined(FENCED_SRCU)
	struct srcu_struct gate;
	const struct fenced_ops __rcu *ops;
#elif defined(FENCED_CLOSE)
	refcount_t users; /* open files, and one for the driver */
	struct completion unused;
	const struct fenced_ops *ops;
#else
	struct rw_semaphore gate;
	const struct fenced_ops *ops;
#endif
	struct fenced_hw *hw; /* for those who hold the ops, and for what fenced_stop() stops */

	bool going;             /* nobody goes to sleep any more */
	wait_queue_head_t wait; /* for a sample, an interrupt, or going */
	u32 interrupts;

	struct mutex lock;        /* guards ring, files and the bounce buffer */
	struct fenced_ring *ring; /* NULL: gone */
	struct list_head files;
	struct fasync_struct *async;

	struct timer_list timer;
	struct delayed_work health;
	struct dentry *debugfs;
};

struct fenced_file {
	struct fenced *fenced;
	struct fenced_ring *ring;
	struct file *file;
	struct list_head node;
};

static dev_t fenced_region;
static DEFINE_IDA(fenced_ida);

/*
 * The gate. fenced_try_get() gives the ops, or NULL when the device has gone; fenced_put()
 * gives them back. No copy_to_user() in between: it may fault, and fenced_fault() takes the
 * gate under mmap_lock. fenced_file_begin() and fenced_file_end() stand for an open file,
 * fenced_shut() is teardown's side.
 */
#if defined(FENCED_SRCU)

static int fenced_gate_init(struct fenced *fenced)
{
	RCU_INIT_POINTER(fenced->ops, &fenced_hw_ops);
	return init_srcu_struct(&fenced->gate);
}

static void fenced_gate_destroy(struct fenced *fenced)
{
	cleanup_srcu_struct(&fenced->gate);
}

static const struct fenced_ops *fenced_try_get(struct fenced *fenced, int *key)
{
	const struct fenced_ops *ops;

	*key = srcu_read_lock(&fenced->gate);
	ops = srcu_dereference(fenced->ops, &fenced->gate);
	if (!ops)
		srcu_read_unlock(&fenced->gate, *key);
	else
		__release(&fenced->gate); /* sparse has no word for "held if not NULL" */
	return ops;
}

static void fenced_put(struct fenced *fenced, int key)
{
	__acquire(&fenced->gate);
	srcu_read_unlock(&fenced->gate, key);
}

static int fenced_file_begin(struct fenced *fenced)
{
	return 0;
}

static void fenced_file_end(struct fenced *fenced)
{
}

/* Postcondition: nobody holds the ops, and nobody will get them (synchronize_srcu()). */
static void fenced_shut(struct fenced *fenced)
{
	rcu_assign_pointer(fenced->ops, NULL);
	synchronize_srcu(&fenced->gate);
}

#elif defined(FENCED_CLOSE)

static int fenced_gate_init(struct fenced *fenced)
{
	fenced->ops = &fenced_hw_ops;
	refcount_set(&fenced->users, 1);
	init_completion(&fenced->unused);
	return 0;
}

static void fenced_gate_destroy(struct fenced *fenced)
{
}

/* The open file is the fence. That the device goes is said early, so that user space closes. */
static const struct fenced_ops *fenced_try_get(struct fenced *fenced, int *key)
{
	return READ_ONCE(fenced->going) ? NULL : fenced->ops;
}

static void fenced_put(struct fenced *fenced, int key)
{
}

static int fenced_file_begin(struct fenced *fenced)
{
	return refcount_inc_not_zero(&fenced->users) ? 0 : -ENODEV;
}

static void fenced_file_end(struct fenced *fenced)
{
	if (refcount_dec_and_test(&fenced->users))
		complete(&fenced->unused);
}

/* Postcondition: no file is open, and none can be opened. */
static void fenced_shut(struct fenced *fenced)
{
	fenced_file_end(fenced);
	wait_for_completion(&fenced->unused);
	fenced->ops = NULL;
}

#else

static int fenced_gate_init(struct fenced *fenced)
{
	fenced->ops = &fenced_hw_ops;
	init_rwsem(&fenced->gate);
	return 0;
}

static void fenced_gate_destroy(struct fenced *fenced)
{
}

static const struct fenced_ops *fenced_try_get(struct fenced *fenced, int *key)
{
	down_read(&fenced->gate);
	if (!fenced->ops) {
		up_read(&fenced->gate);
		return NULL;
	}
	return fenced->ops;
}

static void fenced_put(struct fenced *fenced, int key)
{
	up_read(&fenced->gate);
}

static int fenced_file_begin(struct fenced *fenced)
{
	return 0;
}

static void fenced_file_end(struct fenced *fenced)
{
}

/* Postcondition: nobody holds the ops, and nobody will get them. */
static void fenced_shut(struct fenced *fenced)
{
	down_write(&fenced->gate);
	fenced->ops = NULL;
	up_write(&fenced->gate);
}

#endif

/* The ring. */

static void fenced_ring_free(struct kref *ref)
{
	kfree(container_of(ref, struct fenced_ring, ref));
}

static struct fenced_ring *fenced_ring_alloc(void)
{
	struct fenced_ring *ring = kzalloc(sizeof(*ring), GFP_KERNEL);

	if (ring) {
		kref_init(&ring->ref);
		spin_lock_init(&ring->lock);
		INIT_KFIFO(ring->samples);
	}
	return ring;
}

/* A reference, or NULL: taken under the lock under which fenced_drop_ring() lets go of it. */
static struct fenced_ring *fenced_get_ring(struct fenced *fenced)
{
	struct fenced_ring *ring;

	mutex_lock(&fenced->lock);
	ring = fenced->ring;
	fenced_pause(slow_us);
	if (ring)
		kref_get(&ring->ref);
	mutex_unlock(&fenced->lock);
	return ring;
}

/* Postcondition: only open files hold the ring, and no new file will. */
static void fenced_drop_ring(struct fenced *fenced)
{
	struct fenced_ring *ring;

	mutex_lock(&fenced->lock);
	ring = fenced->ring;
	fenced->ring = NULL;
	mutex_unlock(&fenced->lock);
	kref_put(&ring->ref, fenced_ring_free);
}

/* The operations on files. Each one that needs the hardware passes the gate, release() too. */

static int fenced_open(struct inode *inode, struct file *file)
{
	struct fenced *fenced = container_of(inode->i_cdev, struct fenced, cdev);
	struct fenced_file *ff;
	int ret;

	ff = kzalloc(sizeof(*ff), GFP_KERNEL);
	if (!ff)
		return -ENOMEM;
	ret = fenced_file_begin(fenced);
	if (ret)
		goto free_ff;
	ff->ring = fenced_get_ring(fenced);
	if (!ff->ring) {
		ret = -ENODEV;
		goto end_file;
	}
	get_device(&fenced->dev);
	ff->fenced = fenced;
	ff->file = file;
	mutex_lock(&fenced->lock);
	list_add(&ff->node, &fenced->files);
	mutex_unlock(&fenced->lock);
	file->private_data = ff;
	return stream_open(inode, file);

end_file:
	fenced_file_end(fenced);
free_ff:
	kfree(ff);
	return ret;
}

static int fenced_release(struct inode *inode, struct file *file)
{
	struct fenced_file *ff = file->private_data;
	struct fenced *fenced = ff->fenced;
	const struct fenced_ops *ops;
	int key;

	mutex_lock(&fenced->lock);
	list_del(&ff->node);
	mutex_unlock(&fenced->lock);
	ops = fenced_try_get(fenced, &key);
	if (ops) {
		ops->write(fenced->hw, REG_USERS, 1);
		fenced_put(fenced, key);
	}
	kref_put(&ff->ring->ref, fenced_ring_free);
	fenced_file_end(fenced);
	put_device(&fenced->dev);
	kfree(ff);
	return 0;
}

static ssize_t fenced_read(struct file *file, char __user *buf, size_t len, loff_t *ppos)
{
	struct fenced_file *ff = file->private_data;
	struct fenced *fenced = ff->fenced;
	const struct fenced_ops *ops;
	struct fenced_sample sample;
	int key, ret;

	if (len < sizeof(sample))
		return -EINVAL;
	for (;;) {
		ops = fenced_try_get(fenced, &key);
		if (!ops)
			return -ENODEV;
		ret = kfifo_out_spinlocked(&ff->ring->samples, &sample, 1, &ff->ring->lock);
		if (ret)
			sample.value = ops->read(fenced->hw, REG_SAMPLE);
		fenced_put(fenced, key);
		if (ret)
			break;
		fenced_pause(sleep_us);
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		/* Asleep outside the gate: whatever was true inside is asked again. */
		ret = wait_event_interruptible(fenced->wait,
					       !kfifo_is_empty(&ff->ring->samples) ||
					       READ_ONCE(fenced->going));
		if (ret)
			return ret;
		if (READ_ONCE(fenced->going))
			return -ENODEV;
	}
	return copy_to_user(buf, &sample, sizeof(sample)) ? -EFAULT : sizeof(sample);
}

static ssize_t fenced_write(struct file *file, const char __user *buf, size_t len, loff_t *ppos)
{
	struct fenced_file *ff = file->private_data;
	struct fenced *fenced = ff->fenced;
	const struct fenced_ops *ops;
	u8 data[FENCED_BURST];
	int key;

	len = min(len, sizeof(data));
	if (copy_from_user(data, buf, len))
		return -EFAULT;
	ops = fenced_try_get(fenced, &key);
	if (!ops)
		return -ENODEV;
	mutex_lock(&fenced->lock);
	ops->burst(fenced->hw, data, len);
	mutex_unlock(&fenced->lock);
	fenced_put(fenced, key);
	return len;
}

static __poll_t fenced_poll(struct file *file, poll_table *wait)
{
	struct fenced_file *ff = file->private_data;
	struct fenced *fenced = ff->fenced;
	const struct fenced_ops *ops;
	__poll_t mask = 0;
	int key;

	poll_wait(file, &fenced->wait, wait);
	ops = fenced_try_get(fenced, &key);
	if (!ops)
		return EPOLLHUP | EPOLLERR;
	if (!kfifo_is_empty(&ff->ring->samples))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (ops->read(fenced->hw, REG_CTRL) & CTRL_RUN)
		mask |= EPOLLOUT | EPOLLWRNORM;
	fenced_put(fenced, key);
	return mask;
}

/*
 * Sleeps inside the gate, so teardown must be able to end it: the condition asks for going,
 * which fenced_wake() sets before the gate is shut.
 */
static int fenced_wait(struct fenced *fenced, const struct fenced_ops *ops, u32 *val)
{
	u32 seen = READ_ONCE(fenced->interrupts);
	int ret;

	ret = wait_event_interruptible(fenced->wait,
				       READ_ONCE(fenced->interrupts) != seen ||
				       READ_ONCE(fenced->going));
	if (ret)
		return ret;
	if (READ_ONCE(fenced->going))
		return -ENODEV;
	*val = ops->read(fenced->hw, REG_SAMPLE);
	return 0;
}

static long fenced_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct fenced_file *ff = file->private_data;
	struct fenced *fenced = ff->fenced;
	const struct fenced_ops *ops;
	u32 val = 0;
	int key, ret = 0;

	ops = fenced_try_get(fenced, &key);
	if (!ops)
		return -ENODEV;
	switch (cmd) {
	case FENCED_IOC_ID:
		val = ops->read(fenced->hw, REG_ID);
		break;
	case FENCED_IOC_START:
		ops->write(fenced->hw, REG_CTRL, CTRL_RUN);
		ops->write(fenced->hw, REG_RAISE, 1);
		break;
	case FENCED_IOC_STOP:
		ops->write(fenced->hw, REG_CTRL, 0);
		break;
	case FENCED_IOC_KICK:
		ops->write(fenced->hw, REG_RAISE, 1);
		break;
	case FENCED_IOC_WAIT:
		ret = fenced_wait(fenced, ops, &val);
		break;
	default:
		ret = -ENOTTY;
	}
	fenced_put(fenced, key);
	if (!ret && _IOC_DIR(cmd) & _IOC_READ)
		ret = put_user(val, (u32 __user *)arg);
	return ret;
}

static int fenced_fasync(int fd, struct file *file, int on)
{
	struct fenced_file *ff = file->private_data;

	return fasync_helper(fd, file, on, &ff->fenced->async);
}

/* A page is mapped when it is touched, so that the gate is asked each time after fenced_zap(). */
static vm_fault_t fenced_fault(struct vm_fault *vmf)
{
	struct fenced_file *ff = vmf->vma->vm_private_data;
	struct fenced *fenced = ff->fenced;
	const struct fenced_ops *ops;
	vm_fault_t ret;
	int key;

	ops = fenced_try_get(fenced, &key);
	if (!ops)
		return VM_FAULT_SIGBUS;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, ops->pfn(fenced->hw));
	fenced_put(fenced, key);
	return ret;
}

static const struct vm_operations_struct fenced_vm_ops = {
	.fault = fenced_fault,
};

/* Not remap_pfn_range(): while mmap() runs, unmap_mapping_range() does not see its vma yet. */
static int fenced_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (vma->vm_pgoff || vma_pages(vma) != 1 || vma->vm_flags & VM_WRITE ||
	    !(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	vm_flags_mod(vma, VM_PFNMAP | VM_IO | VM_DONTEXPAND | VM_DONTDUMP, VM_MAYWRITE);
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &fenced_vm_ops;
	return 0;
}

static const struct file_operations fenced_fops = {
	.owner = THIS_MODULE,
	.open = fenced_open,
	.release = fenced_release,
	.read = fenced_read,
	.write = fenced_write,
	.poll = fenced_poll,
	.unlocked_ioctl = fenced_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = fenced_mmap,
	.fasync = fenced_fasync,
};

/* Postcondition: who slept inside the gate is on the way out, and nobody goes to sleep there. */
static void fenced_wake(struct fenced *fenced)
{
	WRITE_ONCE(fenced->going, true);
	wake_up_all(&fenced->wait);
	kill_fasync(&fenced->async, SIGIO, POLL_HUP);
}

/*
 * Postcondition: no mapping reaches the hardware. None can be made any more, because the gate
 * is shut.
 */
static void fenced_zap(struct fenced *fenced)
{
	struct fenced_file *ff;

	mutex_lock(&fenced->lock);
	list_for_each_entry(ff, &fenced->files, node)
		unmap_mapping_range(ff->file->f_mapping, 0, 0, 1);
	mutex_unlock(&fenced->lock);
}

/*
 * A sysfs attribute and a debugfs file: device_del() and debugfs_remove() wait for their
 * readers.
 */

static ssize_t sample_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct fenced *fenced = container_of(dev, struct fenced, dev);
	const struct fenced_ops *ops;
	u32 val;
	int key;

	ops = fenced_try_get(fenced, &key);
	if (!ops)
		return -ENODEV;
	val = ops->read(fenced->hw, REG_SAMPLE);
	fenced_put(fenced, key);
	return sysfs_emit(buf, "%u\n", val);
}
static DEVICE_ATTR_RO(sample);

static struct attribute *fenced_attrs[] = {
	&dev_attr_sample.attr,
	NULL
};
ATTRIBUTE_GROUPS(fenced);

static int status_show(struct seq_file *seq, void *unused)
{
	struct fenced *fenced = seq->private;
	const struct fenced_ops *ops;
	int key;

	ops = fenced_try_get(fenced, &key);
	if (!ops)
		return -ENODEV;
	seq_printf(seq, "samples %u\n", ops->read(fenced->hw, REG_SAMPLE));
	fenced_put(fenced, key);
	seq_printf(seq, "unread %u\n", kfifo_len(&fenced->ring->samples));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(status);

/*
 * What runs by itself. The interrupt arms the timer, the timer raises the next interrupt while
 * sampling is on and queues the work, and the work queues itself.
 */

static irqreturn_t fenced_irq(int irq, void *data)
{
	struct fenced *fenced = data;
	u32 count = fenced_hw_read(fenced->hw, REG_SAMPLE) + 1;

	fenced_hw_write(fenced->hw, REG_SAMPLE, count);
	return IRQ_WAKE_THREAD;
}

static irqreturn_t fenced_irq_thread(int irq, void *data)
{
	struct fenced *fenced = data;
	struct fenced_sample sample = { .count = fenced_hw_read(fenced->hw, REG_SAMPLE) };

	fenced_pause(work_us);
	kfifo_in_spinlocked(&fenced->ring->samples, &sample, 1, &fenced->ring->lock);
	WRITE_ONCE(fenced->interrupts, fenced->interrupts + 1);
	wake_up_interruptible_all(&fenced->wait);
	kill_fasync(&fenced->async, SIGIO, POLL_IN);
	mod_timer(&fenced->timer, jiffies + 1);
	return IRQ_HANDLED;
}

static void fenced_tick(struct timer_list *timer)
{
	struct fenced *fenced = from_timer(fenced, timer, timer);

	if (fenced_hw_read(fenced->hw, REG_CTRL) & CTRL_RUN)
		fenced_hw_write(fenced->hw, REG_RAISE, 1);
	mod_delayed_work(system_wq, &fenced->health, 0);
}

static void fenced_health(struct work_struct *work)
{
	struct fenced *fenced = container_of(work, struct fenced, health.work);

	fenced_pause(work_us);
	if (!fenced_hw_read(fenced->hw, REG_ID))
		dev_err(&fenced->dev, "the registers do not answer\n");
	queue_delayed_work(system_wq, &fenced->health, 1);
}

/* Postcondition: interrupt, timer and work do not run, and nothing starts them again. */
static void fenced_stop(struct fenced *fenced)
{
	/* Each one starts the next. free_irq() waits for handler and thread. */
	free_irq(fenced->hw->irq, fenced);
	fenced_pause(step_us);
	timer_shutdown_sync(&fenced->timer);
	fenced_pause(step_us);
	cancel_delayed_work_sync(&fenced->health); /* also of a work that queues itself */
}

/* Birth and death. */

static void fenced_hw_free(void *data)
{
	struct fenced_hw *hw = data;

	memset(hw->regs, 0x6b, PAGE_SIZE);
	kfree(hw->regs);
}

/* In a real driver: devm_platform_ioremap_resource(), devm_clk_get() and the like. */
static struct fenced_hw *fenced_hw_map(struct platform_device *pdev)
{
	struct fenced_hw *hw;
	int ret;

	hw = devm_kzalloc(&pdev->dev, sizeof(*hw), GFP_KERNEL);
	if (!hw)
		return ERR_PTR(-ENOMEM);
	hw->bounce = devm_kzalloc(&pdev->dev, FENCED_BURST, GFP_KERNEL);
	if (!hw->bounce)
		return ERR_PTR(-ENOMEM);
	hw->irq = platform_get_irq(pdev, 0);
	if (hw->irq < 0)
		return ERR_PTR(hw->irq);
	hw->regs = kzalloc(PAGE_SIZE, GFP_KERNEL);
	if (!hw->regs)
		return ERR_PTR(-ENOMEM);
	ret = devm_add_action_or_reset(&pdev->dev, fenced_hw_free, hw);
	if (ret)
		return ERR_PTR(ret);
	fenced_hw_write(hw, REG_ID, 0xfe9ced);
	return hw;
}

/* The last reference has gone: no file is open, nothing runs. */
static void fenced_dev_release(struct device *dev)
{
	struct fenced *fenced = container_of(dev, struct fenced, dev);

	fenced_gate_destroy(fenced);
	ida_free(&fenced_ida, dev->id);
	kfree(fenced);
}

static struct class fenced_class = {
	.name = "fenced",
	.dev_groups = fenced_groups,
};

/* A new object, whole but not yet seen by anybody; put_device() frees it. */
static struct fenced *fenced_create(struct device *parent, struct fenced_hw *hw)
{
	struct fenced *fenced;
	int ret;

	fenced = kzalloc(sizeof(*fenced), GFP_KERNEL);
	if (!fenced)
		return ERR_PTR(-ENOMEM);
	ret = ida_alloc_max(&fenced_ida, FENCED_MINORS - 1, GFP_KERNEL);
	if (ret < 0)
		goto free_fenced;
	fenced->dev.id = ret;
	ret = fenced_gate_init(fenced);
	if (ret)
		goto free_id;

	fenced->hw = hw;
	mutex_init(&fenced->lock);
	init_waitqueue_head(&fenced->wait);
	INIT_LIST_HEAD(&fenced->files);
	timer_setup(&fenced->timer, fenced_tick, 0);
	INIT_DELAYED_WORK(&fenced->health, fenced_health);
	cdev_init(&fenced->cdev, &fenced_fops);
	fenced->cdev.owner = THIS_MODULE;

	device_initialize(&fenced->dev);
	fenced->dev.parent = parent;
	fenced->dev.class = &fenced_class;
	fenced->dev.devt = MKDEV(MAJOR(fenced_region), MINOR(fenced_region) + fenced->dev.id);
	fenced->dev.release = fenced_dev_release;
	ret = dev_set_name(&fenced->dev, "fenced%d", fenced->dev.id);
	if (ret)
		goto put;
	ret = -ENOMEM;
	fenced->ring = fenced_ring_alloc();
	if (!fenced->ring)
		goto put;
	return fenced;

put:
	put_device(&fenced->dev);
	return ERR_PTR(ret);
free_id:
	ida_free(&fenced_ida, fenced->dev.id);
free_fenced:
	kfree(fenced);
	return ERR_PTR(ret);
}

static int fenced_probe(struct platform_device *pdev)
{
	struct fenced_hw *hw;
	struct fenced *fenced;
	int ret;

	hw = fenced_hw_map(pdev);
	if (IS_ERR(hw))
		return PTR_ERR(hw);
	fenced = fenced_create(&pdev->dev, hw);
	if (IS_ERR(fenced))
		return PTR_ERR(fenced);
	platform_set_drvdata(pdev, fenced);

	fenced_pause(step_us);
	ret = request_threaded_irq(hw->irq, fenced_irq, fenced_irq_thread, 0, "fenced", fenced);
	if (ret)
		goto drop_ring;
	queue_delayed_work(system_wq, &fenced->health, 1);

	/* Last comes what lets user space in. */
	fenced_pause(step_us);
	fenced->debugfs = debugfs_create_dir(dev_name(&fenced->dev), NULL);
	debugfs_create_file("status", 0444, fenced->debugfs, fenced, &status_fops);
	fenced_pause(step_us);
	ret = cdev_device_add(&fenced->cdev, &fenced->dev);
	if (ret)
		goto remove_debugfs;
	fenced_pause(step_us);
	return 0;

remove_debugfs:
	debugfs_remove(fenced->debugfs);
	/* cdev_device_add() had a node for a moment, and somebody may have opened it. */
	fenced_wake(fenced);
	fenced_shut(fenced);
	fenced_zap(fenced);
	fenced_stop(fenced);
drop_ring:
	fenced_drop_ring(fenced);
	put_device(&fenced->dev);
	return ret;
}

/*
 * Postcondition: nothing uses the hardware, and nothing will. What is left of the object
 * belongs to open files.
 */
static void fenced_remove(struct platform_device *pdev)
{
	struct fenced *fenced = platform_get_drvdata(pdev);

	/* The node goes, and the readers of sysfs and debugfs; files that are open go on. */
	cdev_device_del(&fenced->cdev, &fenced->dev);
	fenced_pause(step_us);
	debugfs_remove(fenced->debugfs);
	fenced_pause(step_us);
	fenced_wake(fenced);
	fenced_shut(fenced);
	fenced_pause(step_us);
	fenced_zap(fenced);
	fenced_stop(fenced);
	fenced_pause(step_us);
	fenced_drop_ring(fenced);
	put_device(&fenced->dev);
	fenced_pause(step_us); /* before devres frees */
}

PLATFORM_REMOVE(fenced_remove);

static struct platform_driver fenced_driver = {
	.driver.name = "fenced",
	.probe = fenced_probe,
	.remove = PLATFORM_REMOVE_SLOT(fenced_remove),
};

static int __init fenced_init(void)
{
	int ret;

	ret = alloc_chrdev_region(&fenced_region, 0, FENCED_MINORS, "fenced");
	if (ret)
		return ret;
	ret = class_register(&fenced_class);
	if (ret)
		goto unregister_region;
	ret = platform_driver_register(&fenced_driver);
	if (ret)
		goto unregister_class;
	return 0;

unregister_class:
	class_unregister(&fenced_class);
unregister_region:
	unregister_chrdev_region(fenced_region, FENCED_MINORS);
	return ret;
}
module_init(fenced_init);

static void __exit fenced_exit(void)
{
	platform_driver_unregister(&fenced_driver);
	class_unregister(&fenced_class);
	unregister_chrdev_region(fenced_region, FENCED_MINORS);
	ida_destroy(&fenced_ida);
}
module_exit(fenced_exit);

MODULE_DESCRIPTION("Strongfence's reference: a driver with a fence");
MODULE_LICENSE("GPL");
