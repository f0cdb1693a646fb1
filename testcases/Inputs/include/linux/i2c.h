/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_I2C_H
#define SIM_LINUX_I2C_H

#include <linux/device.h>
#include <linux/mod_devicetable.h>

enum i2c_alert_protocol { I2C_PROTOCOL_SMBUS_ALERT };
struct i2c_board_info;

struct i2c_adapter {
	struct module *owner;
	struct device dev;
	int nr;
};

struct i2c_msg {
	u16 addr;
	u16 flags;
	u16 len;
	u8 *buf;
};
#define I2C_M_RD 0x0001

struct i2c_client {
	unsigned short flags;
	unsigned short addr;
	char name[20];
	struct i2c_adapter *adapter;
	struct device dev;
	int irq;
};

struct i2c_driver {
	unsigned int class;
	int (*probe)(struct i2c_client *client);
	void (*remove)(struct i2c_client *client);
	void (*shutdown)(struct i2c_client *client);
	void (*alert)(struct i2c_client *client, enum i2c_alert_protocol proto,
		      unsigned int data);
	int (*command)(struct i2c_client *client, unsigned int cmd, void *arg);
	struct device_driver driver;
	const struct i2c_device_id *id_table;
	int (*detect)(struct i2c_client *client, struct i2c_board_info *info);
	const unsigned short *address_list;
	struct list_head clients;
	u32 flags;
};

int i2c_transfer(struct i2c_adapter *adap, struct i2c_msg *msgs, int num);
int i2c_transfer_buffer_flags(const struct i2c_client *client, char *buf,
			      int count, u16 flags);
s32 i2c_smbus_read_byte_data(const struct i2c_client *client, u8 command);
s32 i2c_smbus_write_byte_data(const struct i2c_client *client, u8 command,
			      u8 value);

static inline int i2c_master_recv(const struct i2c_client *client, char *buf,
				  int count)
{
	return i2c_transfer_buffer_flags(client, buf, count, I2C_M_RD);
}

static inline int i2c_master_send(const struct i2c_client *client,
				  const char *buf, int count)
{
	return i2c_transfer_buffer_flags(client, (char *)buf, count, 0);
}

static inline void *i2c_get_clientdata(const struct i2c_client *client)
{
	return dev_get_drvdata(&client->dev);
}

static inline void i2c_set_clientdata(struct i2c_client *client, void *data)
{
	dev_set_drvdata(&client->dev, data);
}

int i2c_register_driver(struct module *owner, struct i2c_driver *drv);
void i2c_del_driver(struct i2c_driver *drv);
#define i2c_add_driver(drv) i2c_register_driver(THIS_MODULE, drv)
#define module_i2c_driver(drv) module_driver(drv, i2c_add_driver, i2c_del_driver)

#endif
