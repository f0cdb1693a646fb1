/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef SIM_LINUX_CLEANUP_H
#define SIM_LINUX_CLEANUP_H

#include <linux/compiler.h>
#include <linux/types.h>

/*
 * Scope-based release. The names of the generated functions and types, and
 * the shape of the loops, are those a driver's unit has after preprocessing.
 */
#define DEFINE_FREE(name, type, free) \
	static inline void __free_##name(void *p) { type _T = *(type *)p; free; }
#define __free(name) __cleanup(__free_##name)
#define no_free_ptr(p) ({			\
	typeof(p) __val = (p);			\
	(p) = NULL;				\
	__val;					\
})
#define return_ptr(p) return no_free_ptr(p)

#define DEFINE_CLASS(name, type, exit, init, init_args...)		\
typedef type class_##name##_t;						\
static inline void class_##name##_destructor(type *p)			\
{									\
	type _T = *p;							\
	exit;								\
}									\
static inline type class_##name##_constructor(init_args)		\
{									\
	type t = init;							\
	return t;							\
}

#define EXTEND_CLASS(name, ext, init, init_args...)			\
typedef class_##name##_t class_##name##ext##_t;				\
static inline void class_##name##ext##_destructor(class_##name##_t *p)	\
{									\
	class_##name##_destructor(p);					\
}									\
static inline class_##name##_t class_##name##ext##_constructor(init_args) \
{									\
	class_##name##_t t = init;					\
	return t;							\
}

#define CLASS(name, var)						\
	class_##name##_t var __maybe_unused				\
		__cleanup(class_##name##_destructor) =			\
		class_##name##_constructor

#define __CLASS_CONDITIONAL(name, yes) \
	static __maybe_unused const bool class_##name##_is_conditional = yes

#define DEFINE_GUARD(name, type, lock, unlock)				\
	__CLASS_CONDITIONAL(name, false);				\
	DEFINE_CLASS(name, type, if (_T) { unlock; },			\
		     ({ lock; _T; }), type _T)				\
	static inline void *class_##name##_lock_ptr(class_##name##_t *_T) \
	{ return (void *)(unsigned long)*_T; }

#define DEFINE_GUARD_COND(name, ext, condlock)				\
	__CLASS_CONDITIONAL(name##ext, true);				\
	EXTEND_CLASS(name, ext, ({					\
		void *_t = _T;						\
		if (_T && !(condlock))					\
			_t = NULL;					\
		_t; }), class_##name##_t _T)				\
	static inline void *class_##name##ext##_lock_ptr(class_##name##_t *_T) \
	{ return class_##name##_lock_ptr(_T); }

#define guard(name) CLASS(name, __UNIQUE_ID(guard))
#define __guard_ptr(name) class_##name##_lock_ptr
#define __is_cond_ptr(name) class_##name##_is_conditional

#define __scoped_guard(name, label, args...)				\
	for (CLASS(name, scope)(args);					\
	     __guard_ptr(name)(&scope) || !__is_cond_ptr(name);		\
	     ({ goto label; }))						\
		if (0) {						\
label:									\
			break;						\
		} else
#define scoped_guard(name, args...) \
	__scoped_guard(name, __UNIQUE_ID(label), args)

#define __scoped_cond_guard(name, fail, label, args...)			\
	for (CLASS(name, scope)(args); true; ({ goto label; }))		\
		if (!__guard_ptr(name)(&scope)) {			\
			BUILD_BUG_ON(!__is_cond_ptr(name));		\
			fail;						\
label:									\
			break;						\
		} else
#define scoped_cond_guard(name, fail, args...) \
	__scoped_cond_guard(name, fail, __UNIQUE_ID(label), args)

/* Guards whose object is a struct: a lock and what goes with it. */
#define __DEFINE_UNLOCK_GUARD(name, type, unlock, ...)			\
typedef struct {							\
	type *lock;							\
	__VA_ARGS__;							\
} class_##name##_t;							\
static inline void class_##name##_destructor(class_##name##_t *_T)	\
{									\
	if (_T->lock) { unlock; }					\
}									\
static inline void *class_##name##_lock_ptr(class_##name##_t *_T)	\
{									\
	return (void *)(unsigned long)_T->lock;				\
}

#define DEFINE_LOCK_GUARD_1(name, type, acquire, release, ...)		\
__CLASS_CONDITIONAL(name, false);					\
__DEFINE_UNLOCK_GUARD(name, type, release, __VA_ARGS__)			\
static inline class_##name##_t class_##name##_constructor(type *l)	\
{									\
	class_##name##_t _t = { .lock = l }, *_T = &_t;			\
	acquire;							\
	return _t;							\
}

#define DEFINE_LOCK_GUARD_0(name, acquire, release, ...)		\
__CLASS_CONDITIONAL(name, false);					\
__DEFINE_UNLOCK_GUARD(name, void, release, __VA_ARGS__)			\
static inline class_##name##_t class_##name##_constructor(void)		\
{									\
	class_##name##_t _t = { .lock = (void *)1 },			\
			 *_T __maybe_unused = &_t;			\
	acquire;							\
	return _t;							\
}

#endif
