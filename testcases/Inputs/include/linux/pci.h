/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_PCI_H
#define SIM_LINUX_PCI_H

#include <linux/device.h>
#include <linux/io.h>
#include <linux/mod_devicetable.h>

struct pci_error_handlers;

struct pci_dev {
	unsigned int devfn;
	unsigned short vendor;
	unsigned short device;
	unsigned int irq;
	struct device dev;
	struct resource resource[17];
};

#define to_pci_dev(n) container_of(n, struct pci_dev, dev)

struct pci_driver {
	const char *name;
	const struct pci_device_id *id_table;
	int (*probe)(struct pci_dev *dev, const struct pci_device_id *id);
	void (*remove)(struct pci_dev *dev);
	int (*suspend)(struct pci_dev *dev, pm_message_t state);
	int (*resume)(struct pci_dev *dev);
	void (*shutdown)(struct pci_dev *dev);
	int (*sriov_configure)(struct pci_dev *dev, int num_vfs);
	int (*sriov_set_msix_vec_count)(struct pci_dev *vf, int msix_vec_count);
	u32 (*sriov_get_vf_total_msix)(struct pci_dev *pf);
	const struct pci_error_handlers *err_handler;
	const struct attribute_group **groups;
	const struct attribute_group **dev_groups;
	struct device_driver driver;
	bool driver_managed_dma;
};

#define PCI_DEVICE(v, d) .vendor = (v), .device = (d)
#define pci_resource_start(dev, bar) ((dev)->resource[bar].start)
#define pci_resource_len(dev, bar) resource_size(&(dev)->resource[bar])

int __must_check pci_enable_device(struct pci_dev *dev);
void pci_disable_device(struct pci_dev *dev);
int __must_check pcim_enable_device(struct pci_dev *dev);
int pci_request_regions(struct pci_dev *dev, const char *name);
void pci_release_regions(struct pci_dev *dev);
int pcim_iomap_regions(struct pci_dev *dev, int mask, const char *name);
void __iomem *pcim_iomap(struct pci_dev *dev, int bar, unsigned long len);
void __iomem *const *pcim_iomap_table(struct pci_dev *dev);
void __iomem *pci_iomap(struct pci_dev *dev, int bar, unsigned long max);
void pci_iounmap(struct pci_dev *dev, void __iomem *addr);
void pci_set_master(struct pci_dev *dev);
int pci_read_config_dword(const struct pci_dev *dev, int where, u32 *val);
int pci_write_config_dword(const struct pci_dev *dev, int where, u32 val);
struct pci_dev *pci_dev_get(struct pci_dev *dev);
void pci_dev_put(struct pci_dev *dev);

static inline void *pci_get_drvdata(struct pci_dev *pdev)
{
	return dev_get_drvdata(&pdev->dev);
}

static inline void pci_set_drvdata(struct pci_dev *pdev, void *data)
{
	dev_set_drvdata(&pdev->dev, data);
}

int __must_check __pci_register_driver(struct pci_driver *drv,
				       struct module *mod, const char *name);
void pci_unregister_driver(struct pci_driver *drv);
#define pci_register_driver(drv) \
	__pci_register_driver(drv, THIS_MODULE, KBUILD_MODNAME)
#define module_pci_driver(drv) \
	module_driver(drv, pci_register_driver, pci_unregister_driver)

#endif
