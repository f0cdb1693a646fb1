/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_IIO_IIO_H
#define SIM_LINUX_IIO_IIO_H

#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/module.h>

struct iio_dev;

struct iio_chan_spec {
	int channel;
	int scan_index;
};

struct iio_info {
	int (*read_raw)(struct iio_dev *indio_dev,
			const struct iio_chan_spec *chan, int *val, int *val2,
			long mask);
};

struct iio_buffer_setup_ops {
	int (*preenable)(struct iio_dev *indio_dev);
	int (*postenable)(struct iio_dev *indio_dev);
	int (*predisable)(struct iio_dev *indio_dev);
	int (*postdisable)(struct iio_dev *indio_dev);
};

struct iio_trigger {
	struct device dev;
	const char *name;
};

struct iio_dev {
	struct device dev;
	const struct iio_chan_spec *channels;
	int num_channels;
	const struct iio_info *info;
	const struct iio_buffer_setup_ops *setup_ops;
	struct iio_trigger *trig;
	void *priv;
};

static inline void *iio_priv(const struct iio_dev *indio_dev)
{
	return indio_dev->priv;
}

struct iio_dev *devm_iio_device_alloc(struct device *parent, int sizeof_priv);
int __iio_device_register(struct iio_dev *indio_dev, struct module *owner);
#define iio_device_register(indio_dev) \
	__iio_device_register((indio_dev), THIS_MODULE)
void iio_device_unregister(struct iio_dev *indio_dev);
int __devm_iio_device_register(struct device *dev, struct iio_dev *indio_dev,
			       struct module *owner);
#define devm_iio_device_register(dev, indio_dev) \
	__devm_iio_device_register((dev), (indio_dev), THIS_MODULE)

struct iio_trigger *__devm_iio_trigger_alloc(struct device *parent,
					     struct module *owner,
					     const char *fmt, ...);
#define devm_iio_trigger_alloc(parent, fmt, ...) \
	__devm_iio_trigger_alloc((parent), THIS_MODULE, (fmt), ##__VA_ARGS__)
int iio_trigger_register(struct iio_trigger *trig);
void iio_trigger_unregister(struct iio_trigger *trig);
struct iio_trigger *iio_trigger_get(struct iio_trigger *trig);
void iio_trigger_poll(struct iio_trigger *trig);

int devm_iio_triggered_buffer_setup_ext(struct device *dev,
					struct iio_dev *indio_dev,
					irq_handler_t h, irq_handler_t thread,
					int direction,
					const struct iio_buffer_setup_ops *ops,
					void *attrs);

#endif
