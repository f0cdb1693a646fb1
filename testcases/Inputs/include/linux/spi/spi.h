/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_SPI_SPI_H
#define SIM_LINUX_SPI_SPI_H

#include <linux/device.h>
#include <linux/mod_devicetable.h>
#include <linux/string.h>

struct spi_controller;

struct spi_device {
	struct device dev;
	struct spi_controller *controller;
	u32 max_speed_hz;
	u8 bits_per_word;
	u32 mode;
	int irq;
};

struct spi_transfer {
	const void *tx_buf;
	void *rx_buf;
	unsigned int len;
	struct list_head transfer_list;
};

struct spi_message {
	struct list_head transfers;
	struct spi_device *spi;
	unsigned int actual_length;
	int status;
};

struct spi_driver {
	const struct spi_device_id *id_table;
	int (*probe)(struct spi_device *spi);
	void (*remove)(struct spi_device *spi);
	void (*shutdown)(struct spi_device *spi);
	struct device_driver driver;
};

int spi_sync(struct spi_device *spi, struct spi_message *message);
int spi_write_then_read(struct spi_device *spi, const void *tx, unsigned int ntx,
			void *rx, unsigned int nrx);

static inline void spi_message_init(struct spi_message *m)
{
	memset(m, 0, sizeof(*m));
	INIT_LIST_HEAD(&m->transfers);
}

static inline void spi_message_add_tail(struct spi_transfer *t,
					struct spi_message *m)
{
	list_add_tail(&t->transfer_list, &m->transfers);
}

static inline int spi_sync_transfer(struct spi_device *spi,
				    struct spi_transfer *xfers,
				    unsigned int num)
{
	struct spi_message msg;
	unsigned int i;

	spi_message_init(&msg);
	for (i = 0; i < num; i++)
		spi_message_add_tail(&xfers[i], &msg);
	return spi_sync(spi, &msg);
}

static inline int spi_write(struct spi_device *spi, const void *buf, size_t len)
{
	struct spi_transfer t = { .tx_buf = buf, .len = len };

	return spi_sync_transfer(spi, &t, 1);
}

static inline int spi_read(struct spi_device *spi, void *buf, size_t len)
{
	struct spi_transfer t = { .rx_buf = buf, .len = len };

	return spi_sync_transfer(spi, &t, 1);
}

static inline void *spi_get_drvdata(const struct spi_device *spi)
{
	return dev_get_drvdata(&spi->dev);
}

static inline void spi_set_drvdata(struct spi_device *spi, void *data)
{
	dev_set_drvdata(&spi->dev, data);
}

int __spi_register_driver(struct module *owner, struct spi_driver *drv);
void driver_unregister(struct device_driver *drv);

static inline void spi_unregister_driver(struct spi_driver *drv)
{
	if (drv)
		driver_unregister(&drv->driver);
}

#define spi_register_driver(drv) __spi_register_driver(THIS_MODULE, drv)
#define module_spi_driver(drv) \
	module_driver(drv, spi_register_driver, spi_unregister_driver)

#endif
